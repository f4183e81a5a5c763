import { tensor, zeros } from "../../src/autograd/index.ts";
import { argsort, sort, topk } from "../../src/autograd/ops/reduce/sort.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample, SampleInput } from "./op_info.ts";
import { generate } from "./reference/array.ts";

/** NaN behind all others. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

/** For each line along `dim` the places of its first `k` elements in order. */
function orderRef(x: Ref, dim: number, descending: boolean, k?: number): Ref & { values: Ref } {
  const length = x.shape[dim]!;
  const inner = x.shape.slice(dim + 1).reduce((all, n) => all * n, 1);
  const count = k ?? length;
  const shape = x.shape.with(dim, count);
  const orders = new Map<number, number[]>();
  const at = (line: number, r: number) =>
    x.data[Math.floor(line / inner) * length * inner + r * inner + (line % inner)]!;
  const orderOf = (line: number) => {
    let order = orders.get(line);
    if (!order) {
      const sign = descending ? -1 : 1;
      order = Array.from({ length }, (_, r) => r);
      order.sort((a, b) => sign * compare(at(line, a), at(line, b)) || a - b);
      orders.set(line, order);
    }
    return order;
  };
  const lineOf = (i: number) => Math.floor(i / (count * inner)) * inner + (i % inner);
  const place = (i: number) => orderOf(lineOf(i))[Math.floor(i / inner) % count]!;
  return { ...generate(shape, place), values: generate(shape, (i) => at(lineOf(i), place(i))) };
}

function sorted(input: SampleInput, dim: number, descending = false): Sample[] {
  const { shape } = input;
  const along = (dim + shape.length) % shape.length;
  const label = `[${shape}] of ${input.dtype ?? "f32"} along ${dim}${descending ? ", descending" : ""}`;
  return [
    {
      label: `argsort ${label}`,
      inputs: [input],
      run: (x) => argsort(x, dim, { descending }),
      reference: (x) => orderRef(x, along, descending),
    },
    {
      label: `sort ${label}`,
      inputs: [input],
      run: (x) => sort(x, dim, { descending }).values,
      reference: (x) => orderRef(x, along, descending).values,
    },
  ];
}

/** With `grad: false` where many elements are so near to each other that central differences change their order. */
function chosen(
  shape: number[],
  k: number,
  dim: number,
  { largest = true, grad = true } = {},
): Sample[] {
  const along = (dim + shape.length) % shape.length;
  const label = `topk ${k} of [${shape}] along ${dim}${largest ? "" : ", smallest"}`;
  return [
    {
      label,
      inputs: [{ shape, grad }],
      run: (x) => topk(x, k, dim, { largest }).values,
      reference: (x) => orderRef(x, along, largest, k).values,
    },
    {
      label: `${label}, places`,
      inputs: [{ shape }],
      run: (x) => topk(x, k, dim, { largest }).indices,
      reference: (x) => orderRef(x, along, largest, k),
    },
  ];
}

const coarse = (value: number) => Math.round(4 * value);
const special = [
  1,
  Number.NaN,
  -0,
  0,
  Number.POSITIVE_INFINITY,
  -2,
  Number.NEGATIVE_INFINITY,
  0,
  Number.NaN,
];

export const info: OpInfo = {
  ops: ["argsort"],
  gpuKernels: true,
  samples: [
    ...sorted({ shape: [1] }, 0),
    ...sorted({ shape: [9] }, 0),
    ...sorted({ shape: [9] }, -1, true),
    ...sorted({ shape: [5, 7, 3] }, 1),
    ...sorted({ shape: [5, 7, 3] }, 0, true),
    ...sorted({ shape: [70, 33], grad: false, map: coarse }, 1),
    ...sorted({ shape: [3, 1024], grad: false }, 1),
    ...sorted({ shape: [3, 1500], grad: false, map: coarse }, 1, true),
    ...sorted({ shape: [2, 2100], grad: false }, 1), // two rounds of merging
    ...sorted({ shape: [9], values: special, grad: false }, 0),
    ...sorted({ shape: [9], values: special, grad: false }, 0, true),
    ...sorted({ shape: [5], values: [3, -2147483648, 2147483647, 0, -1], dtype: "i32" }, 0),
    ...sorted({ shape: [4], values: [4294967295, 0, 2147483648, 7], dtype: "u32" }, 0, true),
    ...sorted({ shape: [3, 40], dtype: "f16" }, 1),
    ...chosen([7], 3, 0),
    ...chosen([4, 1000], 5, -1, { grad: false }),
    ...chosen([4, 6, 3], 2, 1, { largest: false }),
    ...chosen([3, 2], 2, 1),
    {
      label: "sort of a scalar",
      inputs: [{ shape: [] }],
      run: (x) => sort(x).values,
      reference: (x) => x,
    },
  ],
  errors: [
    {
      label: "more than there are",
      run: () => topk(zeros([2, 3]), 4),
      error: /topk: k is 4; dim -1 of \[2, 3\] has 1 to 3 entries to choose/,
    },
    {
      label: "a dimension out of range",
      run: () => sort(zeros([2, 3]), 2),
      error: /argsort: dim 2 is out of range for shape \[2, 3\]/,
    },
    {
      label: "an unknown option",
      run: () => sort(tensor([1]), 0, mistyped({ reverse: true })),
      error: /sort: unknown option "reverse"/,
    },
  ],
};

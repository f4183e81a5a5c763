import { type Tensor, tensor, zeros } from "../../src/autograd/index.ts";
import { scatter, scatterAdd } from "../../src/autograd/ops/layout/scatter.ts";
import { unravel } from "./compare.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";

/** `x` with the mean, or the sum beside what is there, of what is put in each place. */
function scatterRef(x: Ref, dim: number, indices: Ref, source: Ref | number, adds: boolean): Ref {
  const sums = new Float64Array(x.data.length);
  const counts = new Float64Array(x.data.length);
  indices.data.forEach((place, i) => {
    if (place < 0 || place >= x.shape[dim]!) return;
    const at = unravel(i, indices.shape).with(dim, place);
    const flat = x.shape.reduce((sum, n, d) => sum * n + at[d]!, 0);
    sums[flat]! += typeof source === "number" ? source : source.data[i]!;
    counts[flat]!++;
  });
  const put = (v: number, i: number) => (counts[i] ? sums[i]! / counts[i]! : v);
  return { shape: x.shape, data: x.data.map((v, i) => (adds ? v + sums[i]! : put(v, i))) };
}

function spread(shape: number[], dim: number, count: number, adds: boolean, step = 3): Sample {
  const indexShape = shape.with(dim, count);
  const run = adds ? scatterAdd : scatter;
  return {
    label: `${run.name} [${shape}] along ${dim}, ${count} in steps of ${step}`,
    inputs: [
      { shape },
      { shape: indexShape, dtype: "i32", map: (_, i) => (i * step) % shape[dim]! },
      { shape: indexShape },
    ],
    run: (x, indices, source) => run(x, dim, indices!, source!),
    reference: (x, indices, source) => scatterRef(x, dim, indices!, source!, adds),
  };
}

const list = (...values: number[]) => tensor(Int32Array.from(values));

export const info: OpInfo = {
  ops: ["scatter", "scatterAdd"],
  samples: [
    ...[true, false].flatMap((adds) => [
      spread([7], 0, 3, adds),
      spread([3, 5], 1, 4, adds),
      spread([2, 7, 4], 1, 3, adds, 5),
      spread([65, 3], 0, 130, adds, 7),
    ]),
    {
      label: "scatter of a number: one-hot rows",
      inputs: [{ shape: [3, 4] }, { shape: [3, 1], values: [2, 0, 3], dtype: "u32" }],
      run: (x, labels) => scatter(x, 1, labels!, 1),
      reference: (x, labels) => scatterRef(x, 1, labels!, 1, false),
    },
    {
      label: "scatter of a number into i32, with places out of range",
      inputs: [
        { shape: [4], values: [5, 6, 7, 8], dtype: "i32" },
        { shape: [3], values: [1, 4, -1], dtype: "i32" },
      ],
      run: (x, indices) => scatter(x, 0, indices!, -9),
      reference: (x, indices) => scatterRef(x, 0, indices!, -9, false),
    },
    {
      label: "scatterAdd of f16",
      inputs: [
        { shape: [4], dtype: "f16" },
        { shape: [3], values: [1, 1, 0], dtype: "i32" },
        { shape: [3], dtype: "f16" },
      ],
      run: (x: Tensor, indices: Tensor, source: Tensor) => scatterAdd(x, 0, indices, source),
      reference: (x, indices, source) => scatterRef(x, 0, indices!, source!, true),
      tolerance: 2e-3,
    },
  ],
  errors: [
    {
      label: "indices of another shape",
      run: () => scatter(zeros([2, 3]), 1, list(0), 1),
      error: /scatter: indices of shape \[1\] don't fit input \[2, 3\]/,
    },
    {
      label: "a source of another shape",
      run: () => scatterAdd(zeros([3]), 0, list(0, 1), zeros([3])),
      error:
        /scatterAdd: the source is f32 of shape \[3\]; it must be f32 of the indices' shape \[2\]/,
    },
    {
      label: "a number that doesn't fit",
      run: () => scatter(tensor(Int32Array.of(1)), 0, list(0), 0.5),
      error: /scatter: the value 0.5 doesn't fit the input's dtype i32/,
    },
    {
      label: "integers to add",
      run: () => scatterAdd(list(1), 0, list(0), list(1)),
      error: /scatterAdd: input has dtype i32/,
    },
  ],
};

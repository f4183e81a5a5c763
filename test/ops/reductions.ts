import { type Tensor, tensor } from "../../src/autograd/index.ts";
import { sub } from "../../src/autograd/ops/elementwise/arithmetic.ts";
import { amax, amin, mean, sum } from "../../src/autograd/ops/reduce/reductions.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { reduceDimsRef } from "./reference/reduction.ts";

type Dims = number | number[] | undefined;

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const OPS = [
  { name: "sum", run: sum, f: total },
  { name: "mean", run: mean, f: (values: readonly number[]) => total(values) / values.length },
  { name: "amax", run: amax, f: (values: readonly number[]) => Math.max(...values) },
  { name: "amin", run: amin, f: (values: readonly number[]) => Math.min(...values) },
];

/** All, inner, outer and middle dimensions, several at once, ones, sizes around the workgroup's. */
const CASES: readonly (readonly [number[], Dims, boolean])[] = [
  [[7], undefined, false],
  [[], undefined, false],
  [[], 0, false],
  [[1, 1], undefined, true],
  [[3, 5], 0, false],
  [[3, 5], -1, true],
  [[2, 3, 4], 1, false],
  [[2, 3, 4], [0, 2], true],
  [[2, 3, 4], [-1, 0], false],
  [[2, 3, 2, 3, 2, 3], [1, 3, 5], false],
  [[4, 1, 5], 1, false],
  [[5, 64], 1, false],
  [[65, 3], 0, false],
  [[2, 63, 3], 1, true],
  [[3, 2, 65], 1, false],
  [[1030], 0, false],
  [[2, 1030, 2], 1, false],
  [[200, 9], 1, false],
];

const label = (name: string, shape: number[], dim: Dims, keepdim: boolean) =>
  `${name} of [${shape}] over ${dim === undefined ? "all" : `[${dim}]`}${keepdim ? ", keepdim" : ""}`;

const listed = (dim: Dims, rank: number) =>
  (typeof dim === "number" ? [dim] : (dim ?? Array.from({ length: rank }, (_, d) => d))).map((d) =>
    d < 0 ? d + rank : d,
  );

// Distinct values, so that no maximum changes hands within the step of a difference.
const distinct = (value: number, i: number) => Math.round(value * 1000) / 100 + 1e-3 * (i % 10);

const samples: Sample[] = OPS.flatMap(({ name, run, f }) =>
  CASES.map(([shape, dim, keepdim]) => ({
    label: label(name, shape, dim, keepdim),
    inputs: [{ shape, map: name.startsWith("a") ? distinct : undefined }],
    run: (x: Tensor) => run(x, dim, keepdim),
    reference: (x: Ref) => reduceDimsRef(x, listed(dim, shape.length), keepdim, f),
  })),
);

/** Long enough for two stages; only the forward pass is compared element by element. */
const large = (name: "sum" | "amax", shape: number[], dim: Dims): Sample => {
  const { run, f } = OPS.find((op) => op.name === name)!;
  return {
    label: `${label(name, shape, dim, false)}, two stages`,
    inputs: [{ shape, grad: false }],
    run: (x) => run(x, dim),
    reference: (x) => reduceDimsRef(x, listed(dim, shape.length), false, f),
  };
};

const tied: Sample[] = [amax, amin].map((run) => ({
  label: `${run.name}: ties share the gradient evenly`,
  inputs: [{ shape: [2, 2], values: [2, 2, 2, 2] }],
  run: (x) => run(x, 1),
  // The mean of both one-sided slopes, which is what halves between two ties give.
  reference: (x) => reduceDimsRef(x, [1], false, (v) => (run === amax ? Math.max : Math.min)(...v)),
}));

export const info: OpInfo = {
  ops: ["sum", "mean", "amax", "amin"],
  gpuKernels: true,
  samples: [
    ...samples,
    ...tied,
    large("sum", [100_003], undefined),
    large("sum", [3, 20_001], 1),
    large("sum", [20_001, 3], 0),
    large("sum", [2, 3001, 70], 1),
    large("sum", [4, 3, 57, 61], [0, 2, 3]),
    large("sum", [70_001, 5], 1),
    large("amax", [100_003], undefined),
    {
      label: "sum over 65,535 workgroups",
      inputs: [{ shape: [66_000, 2, 64], grad: false }],
      run: (x) => sum(x, 1),
      reference: ({ data }) =>
        generate([66_000, 64], (i) => {
          const first = 128 * Math.floor(i / 64) + (i % 64);
          return data[first]! + data[first + 64]!;
        }),
    },
    {
      label: "NaN propagates through amax and amin",
      inputs: [{ shape: [2, 3], values: [1, Number.NaN, 2, 3, 5, 4], grad: false }],
      run: (x) => sub(amax(x, 1), amin(x, 1)),
      reference: (x) => reduceDimsRef(x, [1], false, (v) => Math.max(...v) - Math.min(...v)),
    },
    {
      label: "infinities",
      inputs: [{ shape: [2, 2], values: [-Infinity, -Infinity, 1, Infinity], grad: false }],
      run: (x) => amax(x, 1),
      reference: (x) => reduceDimsRef(x, [1], false, (v) => Math.max(...v)),
    },
    ...(["i32", "u32"] as const).flatMap((dtype) =>
      [OPS[0]!, OPS[2]!, OPS[3]!].map(({ name, run, f }) => ({
        label: `${name} of ${dtype} is exact`,
        inputs: [{ shape: [2, 3], values: [16777217, 1, 16777219, 5, 0, 9], dtype }],
        run: (x: Tensor) => run(x, 1),
        reference: (x: Ref) => reduceDimsRef(x, [1], false, f),
      })),
    ),
    {
      label: "amax of negative i32",
      inputs: [{ shape: [3], values: [-7, -3, -5], dtype: "i32" }],
      run: (x) => amax(x),
      reference: (x) => reduceDimsRef(x, [0], false, (v) => Math.max(...v)),
    },
    {
      label: "mean of f16 is accumulated in f32",
      inputs: [{ shape: [3, 5001], dtype: "f16", map: (v) => v + 60 }],
      run: (x) => mean(x, 1),
      reference: (x) => reduceDimsRef(x, [1], false, (v) => total(v) / v.length),
      tolerance: 1e-3,
    },
  ],
  errors: [
    {
      label: "a dim out of range",
      run: () => sum(tensor([[1, 2]]), 2),
      error: /sum: dim 2 is out of range for shape \[1, 2\]; it goes from -2 to 1/,
    },
    {
      label: "a dim named twice",
      run: () => amax(tensor([[1, 2]]), [1, -1]),
      error: /amax: dim \[1, -1\] names a dimension of \[1, 2\] twice/,
    },
    {
      label: "a dim that is no number",
      run: () => amin(tensor([[1, 2]]), mistyped("1")),
      error: /amin: dim must be a number or a list/,
    },
    {
      label: "the mean of integers",
      run: () => mean(tensor(new Int32Array(2))),
      error: /mean: input has dtype i32.*to\("f32"\)/,
    },
  ],
};

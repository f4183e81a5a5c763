import { type Tensor, tensor } from "../../src/autograd/index.ts";
import { argmax, argmin, max, min } from "../../src/autograd/ops/reduce/arg_reductions.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { argBest, reduceDimsRef } from "./reference/reduction.ts";

const greater = (a: number, b: number) => a > b;
const less = (a: number, b: number) => a < b;
const OPS = [
  { name: "argmax", arg: argmax, extreme: max, better: greater },
  { name: "argmin", arg: argmin, extreme: min, better: less },
];

const CASES: readonly (readonly [number[], number | undefined, boolean])[] = [
  [[7], undefined, false],
  [[], undefined, false],
  [[], 0, false],
  [[3, 5], undefined, true],
  [[3, 5], 0, false],
  [[3, 5], -1, true],
  [[2, 3, 4], 1, false],
  [[65, 3], 0, false],
  [[3, 2, 65], 1, true],
  [[200, 10], 1, false],
];

const coarse = (value: number) => Math.round(value * 4); // many ties

const samples: Sample[] = OPS.flatMap(({ name, arg, better }) =>
  CASES.map(([shape, dim, keepdim]) => ({
    label: `${name} of [${shape}] over ${dim ?? "all"}${keepdim ? ", keepdim" : ""}, with ties`,
    inputs: [{ shape, map: coarse, grad: false }],
    run: (x) => arg(x, dim, keepdim),
    reference: (x) => argRef(x, dim, keepdim, better),
  })),
);

function argRef(x: Ref, dim: number | undefined, keepdim: boolean, better: typeof greater): Ref {
  const rank = x.shape.length;
  const all = Array.from({ length: rank }, (_, d) => d);
  const dims = dim === undefined ? all : [dim < 0 ? dim + rank : dim];
  return reduceDimsRef(x, dims, keepdim, (values) => argBest(values, better));
}

const valued: Sample[] = OPS.flatMap(({ name, extreme, better }) =>
  [1, -1].flatMap(
    (dim) =>
      [
        {
          label: `${name.slice(3)} along ${dim}: values and gradients`,
          inputs: [
            {
              shape: [3, 5, 4],
              map: (v: number, i: number) => Math.round(v * 100) + 0.01 * (i % 9),
            },
          ],
          run: (x) => extreme(x, dim).values,
          reference: (x) =>
            reduceDimsRef(x, [dim < 0 ? 2 : 1], false, (v) => v[argBest(v, better)]!),
        },
        {
          label: `${name.slice(3)} along ${dim}: indices, keepdim`,
          inputs: [{ shape: [3, 5, 4], map: coarse, grad: false }],
          run: (x) => extreme(x, dim, true).indices,
          reference: (x) => argRef(x, dim, true, better),
        },
      ] satisfies Sample[],
  ),
);

const large = (shape: number[], dim: number | undefined): Sample => ({
  label: `argmax of [${shape}] over ${dim ?? "all"}, two stages, with ties`,
  inputs: [{ shape, map: (v) => Math.round(v * 50), grad: false }],
  run: (x) => argmax(x, dim),
  reference: (x) => argRef(x, dim, false, greater),
});

export const info: OpInfo = {
  ops: ["argmax", "argmin"],
  gpuKernels: true,
  samples: [
    ...samples,
    ...valued,
    large([100_003], undefined),
    large([2, 30_001], 1),
    large([20_001, 3], 0),
    {
      label: "max over everything shares the gradient of ties",
      inputs: [{ shape: [2], values: [3, 3] }],
      run: (x) => max(x),
      reference: (x) => reduceDimsRef(x, [0], false, (v) => Math.max(...v)),
    },
    {
      label: "min over everything",
      inputs: [{ shape: [2, 3], map: (v, i) => v + i }],
      run: (x) => min(x),
      reference: (x) => reduceDimsRef(x, [0, 1], false, (v) => Math.min(...v)),
    },
    ...OPS.map(({ name, arg, better }) => ({
      label: `${name}: the first NaN wins`,
      inputs: [{ shape: [5], values: [1, Number.NaN, 9, Number.NaN, -9], grad: false }],
      run: (x: Tensor) => arg(x),
      reference: (x: Ref) => argRef(x, 0, false, better),
    })),
    {
      label: "argmax of infinities",
      inputs: [
        { shape: [2, 3], values: [-Infinity, -Infinity, -Infinity, 0, Infinity, 1], grad: false },
      ],
      run: (x) => argmax(x, 1),
      reference: (x) => argRef(x, 1, false, greater),
    },
    {
      label: "argmin of i32",
      inputs: [{ shape: [4], values: [16777217, 16777216, -16777216, -16777217], dtype: "i32" }],
      run: (x) => argmin(x),
      reference: (x) => argRef(x, 0, false, less),
    },
  ],
  errors: [
    {
      label: "a dim out of range",
      run: () => argmax(tensor([[1, 2]]), -3),
      error: /argmax: dim -3 is out of range for shape \[1, 2\]/,
    },
    {
      label: "a dim out of range with values",
      run: () => max(tensor([[1, 2]]), 5),
      error: /argmax: dim 5 is out of range/,
    },
  ],
};

import {
  groupNorm,
  instanceNorm,
  layerNorm,
  ones,
  rmsNorm,
  type Tensor,
  zeros,
} from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample, SampleInput } from "./op_info.ts";

type Affine = "weight" | "bias";
const both: readonly Affine[] = ["weight", "bias"];

interface Rows {
  /** The number of the row that a value lies in, and of its weight. */
  readonly row: (index: number) => number;
  readonly channel: (index: number) => number;
  readonly eps: number;
  readonly isCentered?: boolean;
}

/** Each row by itself: (x − mean) / √(variance + eps), or x over its root mean square. */
function normalized(x: Ref, { row, channel, eps, isCentered = true }: Rows, w?: Ref, b?: Ref): Ref {
  const rows = new Map<number, number[]>();
  x.data.forEach((v, i) => {
    const values = rows.get(row(i));
    if (values) values.push(v);
    else rows.set(row(i), [v]);
  });
  const average = (values: readonly number[]) => values.reduce((a, v) => a + v, 0) / values.length;
  const stats = new Map(
    [...rows].map(([key, values]) => {
      const mean = isCentered ? average(values) : 0;
      return [key, { mean, spread: Math.sqrt(average(values.map((v) => (v - mean) ** 2)) + eps) }];
    }),
  );
  const data = x.data.map((v, i) => {
    const { mean, spread } = stats.get(row(i))!;
    const c = channel(i);
    return ((v - mean) / spread) * (w?.data[c] ?? 1) + (b?.data[c] ?? 0);
  });
  return { shape: x.shape, data };
}

interface Case {
  readonly label: string;
  readonly shape: readonly number[];
  readonly affine: readonly Affine[];
  readonly affineShape: readonly number[];
  readonly run: (x: Tensor, options: { weight?: Tensor; bias?: Tensor }) => Tensor;
  readonly rows: Rows;
}

function sampleOf(given: Case, x: Partial<SampleInput> = {}): Sample {
  const { label, shape, affine, affineShape, run, rows } = given;
  const named = <T>(values: readonly T[]) =>
    Object.fromEntries(affine.map((role, i) => [role, values[i]!])) as { weight?: T; bias?: T };
  return {
    label: `${label} [${shape}] ${affine.length > 0 ? `with ${affine.join(", ")}` : ""} ${x.dtype ?? ""}`,
    inputs: [
      { shape, map: (v) => 2 * v + 0.5, ...x },
      ...affine.map(() => ({ shape: affineShape })),
    ],
    run: (input, ...others) => run(input, named(others)),
    reference: (input, ...others) => {
      const { weight, bias } = named(others);
      return normalized(input, rows, weight, bias);
    },
    ...(x.dtype === "f16" && { tolerance: 4e-3, gradTolerance: 2e-2 }),
  };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function layer(shape: number[], count: number, affine: readonly Affine[], eps = 1e-5): Case {
  const affineShape = shape.slice(shape.length - count);
  const length = sizeOf(affineShape);
  const rows = {
    row: (i: number) => Math.floor(i / length),
    channel: (i: number) => i % length,
    eps,
  };
  const run: Case["run"] = (x, options) => layerNorm(x, affineShape, { ...options, eps });
  return { label: "layerNorm", shape, affine, affineShape, run, rows };
}

function ofPlaces(shape: number[], affine: readonly Affine[]): Case {
  const [, channels, ...sides] = shape as [number, number, ...number[]];
  const inner = sizeOf(sides);
  const channel = (i: number) => Math.floor(i / inner) % channels;
  const row = (i: number) => Math.floor(i / inner / channels) * inner + (i % inner);
  const run: Case["run"] = (x, options) => layerNorm(x, channels, { ...options, dim: 1 });
  const rows = { row, channel, eps: 1e-5 };
  return { label: "layerNorm of places", shape, affine, affineShape: [channels], run, rows };
}

function rms(shape: number[], affine: readonly Affine[], eps?: number): Case {
  const length = shape.at(-1)!;
  const rows = {
    row: (i: number) => Math.floor(i / length),
    channel: (i: number) => i % length,
    eps: eps ?? 2 ** -23,
    isCentered: false,
  };
  const run: Case["run"] = (x, { weight }) => rmsNorm(x, length, { weight, eps });
  return { label: "rmsNorm", shape, affine, affineShape: [length], run, rows };
}

function group(shape: number[], groups: number, affine: readonly Affine[]): Case {
  const [, channels, ...sides] = shape as [number, number, ...number[]];
  const inner = sizeOf(sides);
  const row = (i: number) => Math.floor(i / inner / (channels / groups));
  const channel = (i: number) => Math.floor(i / inner) % channels;
  const run: Case["run"] = (x, options) =>
    groups === channels ? instanceNorm(x, options) : groupNorm(x, groups, options);
  const rows = { row, channel, eps: 1e-5 };
  return { label: `groupNorm ${groups}`, shape, affine, affineShape: [channels], run, rows };
}

const cases: readonly Case[] = [
  layer([3, 5], 1, both),
  layer([2, 3, 20], 1, both),
  layer([2, 3, 20], 2, ["weight"]),
  layer([4, 7, 300], 1, both, 1e-3),
  layer([2, 4100], 1, ["bias"]),
  layer([5, 2, 3, 4], 3, both),
  layer([17], 1, []),
  layer([70, 64], 1, both),
  ofPlaces([2, 5, 3, 4], both),
  ofPlaces([2, 70, 5, 7], both),
  ofPlaces([3, 20, 1], ["weight"]),
  ofPlaces([2, 3, 64, 65], both),
  rms([3, 5], ["weight"]),
  rms([2, 3, 200], []),
  rms([40, 64], ["weight"], 0.1),
  group([2, 6, 3, 4], 2, both),
  group([2, 6, 5, 7], 3, []),
  group([3, 12], 2, both),
  group([2, 8, 40], 1, ["weight"]),
  group([1, 64, 8, 9], 1, both),
  group([2, 3, 5, 7], 3, both),
  group([2, 3, 64, 65], 3, []),
  group([33, 4, 6], 4, ["bias"]),
];

export const info: OpInfo = {
  ops: ["layerNorm", "rmsNorm", "groupNorm"],
  gpuKernels: true,
  samples: [
    ...cases.map((one) => sampleOf(one)),
    // The sums of squares keep their digits, however far the values are from zero.
    {
      ...sampleOf(group([2, 4, 8, 8], 2, []), { map: (v) => 300 + v, grad: false }),
      tolerance: 1e-4,
    },
    sampleOf(layer([4, 40], 1, both), { dtype: "f16" }),
    sampleOf(group([2, 4, 5, 5], 2, both), { dtype: "f16" }),
    sampleOf(ofPlaces([2, 6, 3, 4], both), { dtype: "f16" }),
    { ...sampleOf(layer([66_000, 3], 1, []), { grad: false }), tolerance: 1e-4 },
  ],
  errors: [
    {
      label: "layerNorm over another shape than the input's",
      run: () => layerNorm(zeros([2, 3]), 4),
      error: /layerNorm: normalizedShape is \[4\], which isn't what the input \[2, 3\] ends in/,
    },
    {
      label: "layerNorm at another dimension",
      run: () => layerNorm(zeros([2, 3, 4]), 4, { dim: 1 }),
      error: /normalizedShape is \[4\], which isn't what the input \[2, 3, 4\] has at dim 1/,
    },
    {
      label: "rmsNorm with a weight of another shape",
      run: () => rmsNorm(zeros([2, 3]), 3, { weight: ones([2]) }),
      error: /rmsNorm: weight has shape \[2\]; input of shape \[2, 3\] needs \[3\]/,
    },
    {
      label: "rmsNorm with a bias",
      run: () => rmsNorm(zeros([2, 3]), 3, mistyped({ bias: ones([3]) })),
      error: /rmsNorm: unknown option "bias"/,
    },
    {
      label: "groupNorm of channels that can't be shared out",
      run: () => groupNorm(zeros([2, 5, 3]), 2),
      error: /groupNorm: the 5 channels of input \[2, 5, 3\] can't be shared out evenly among 2/,
    },
    {
      label: "instanceNorm of a vector",
      run: () => instanceNorm(zeros([3])),
      error: /instanceNorm: input has shape \[3\]; \[N, C\] or \[N, C, …\] is expected/,
    },
    {
      label: "groupNorm with a negative eps",
      run: () => groupNorm(zeros([2, 4]), 2, { eps: -1 }),
      error: /groupNorm: eps is -1; it must be a number of at least 0/,
    },
  ],
};

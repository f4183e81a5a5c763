import {
  elu,
  erf,
  gelu,
  hardsigmoid,
  hardswish,
  leakyRelu,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  type Tensor,
  tanh,
  tensor,
} from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample } from "./op_info.ts";
import { mapRef } from "./reference/array.ts";
import { erf as erfRef, sigmoid as logistic } from "./reference/special.ts";

const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const positive = (x: number) => Math.max(x, 0);
const smooth = (x: number) => positive(x) + Math.log1p(Math.exp(-Math.abs(x)));
const tanhInner = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

interface Case {
  readonly name: string;
  readonly run: (x: Tensor) => Tensor;
  readonly f: (x: number) => number;
  /** Where the derivative jumps: central differences are meaningless there. */
  readonly kinks?: readonly number[];
}

const cases: readonly Case[] = [
  { name: "relu", run: relu, f: positive, kinks: [0] },
  { name: "relu6", run: relu6, f: (x) => clamp(x, 0, 6), kinks: [0, 6] },
  { name: "leakyRelu", run: leakyRelu, f: (x) => (x > 0 ? x : 0.01 * x), kinks: [0] },
  {
    name: "leakyRelu slope 0.3",
    run: (x) => leakyRelu(x, 0.3),
    f: (x) => (x > 0 ? x : 0.3 * x),
    kinks: [0],
  },
  {
    name: "leakyRelu slope -0.5",
    run: (x) => leakyRelu(x, { negativeSlope: -0.5 }),
    f: (x) => (x > 0 ? x : -0.5 * x),
    kinks: [0],
  },
  { name: "elu", run: elu, f: (x) => (x > 0 ? x : Math.expm1(x)) },
  {
    name: "elu alpha 1.7",
    run: (x) => elu(x, 1.7),
    f: (x) => (x > 0 ? x : 1.7 * Math.expm1(x)),
    kinks: [0],
  },
  {
    name: "elu alpha -0.5",
    run: (x) => elu(x, { alpha: -0.5 }),
    f: (x) => (x > 0 ? x : -0.5 * Math.expm1(x)),
    kinks: [0],
  },
  { name: "gelu", run: gelu, f: (x) => 0.5 * x * (1 + erfRef(x / Math.SQRT2)) },
  {
    name: "gelu tanh",
    run: (x) => gelu(x, { approximate: "tanh" }),
    f: (x) => 0.5 * x * (1 + Math.tanh(tanhInner(x))),
  },
  { name: "silu", run: silu, f: (x) => x * logistic(x) },
  {
    name: "hardswish",
    run: hardswish,
    f: (x) => (x * clamp(x + 3, 0, 6)) / 6,
    kinks: [-3, 3],
  },
  { name: "hardsigmoid", run: hardsigmoid, f: (x) => clamp(x + 3, 0, 6) / 6, kinks: [-3, 3] },
  { name: "sigmoid", run: sigmoid, f: logistic },
  { name: "tanh", run: tanh, f: Math.tanh },
  {
    name: "selu",
    run: selu,
    f: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
    kinks: [0],
  },
  { name: "softplus", run: softplus, f: smooth },
  { name: "softplus beta 3", run: (x) => softplus(x, { beta: 3 }), f: (x) => smooth(3 * x) / 3 },
  { name: "mish", run: mish, f: (x) => x * Math.tanh(smooth(x)) },
  { name: "erf", run: erf, f: erfRef },
];

/** −8…8, moved off the kinks. */
function spread(value: number, kinks: readonly number[]): number {
  const x = 8 * value;
  return kinks.some((kink) => Math.abs(x - kink) < 0.01) ? x + 0.02 : x;
}

function samplesOf({ name, run, f, kinks = [] }: Case): Sample[] {
  const reference = (x: Parameters<Sample["reference"]>[0]) => mapRef(x, f);
  const map = (value: number) => spread(value, kinks);
  return [
    ...[[], [1], [7, 13], [2, 3, 5, 4]].map((shape) => ({
      label: `${name} [${shape}]`,
      inputs: [{ shape, map }],
      run,
      reference,
    })),
    {
      label: `${name} NaN and far values`,
      inputs: [{ shape: [6], values: [Number.NaN, 0, 80, -80, 1e4, -1e4], grad: false }],
      run,
      reference,
    },
    {
      label: `${name} f16`,
      inputs: [{ shape: [9], dtype: "f16" as const, map }],
      run,
      reference,
      tolerance: 2e-3,
    },
  ];
}

export const info: OpInfo = {
  ops: [
    "relu",
    "relu6",
    "leakyRelu",
    "elu",
    "gelu",
    "geluTanh",
    "silu",
    "hardswish",
    "hardsigmoid",
    "sigmoid",
    "tanh",
    "selu",
    "softplus",
    "mish",
    "erf",
  ],
  samples: [
    ...cases.flatMap(samplesOf),
    {
      label: "relu over 65,535 workgroups",
      inputs: [{ shape: [4_300_001], grad: false }],
      run: relu,
      reference: (x) => mapRef(x, positive),
    },
  ],
  errors: [
    {
      label: "integers",
      run: () => relu(tensor(Int32Array.of(1, 2))),
      error: /relu: input has dtype i32.*to\("f32"\)/,
    },
    {
      label: "what is no tensor",
      run: () => sigmoid(mistyped(3)),
      error: /sigmoid: input must be a tensor, not 3/,
    },
    {
      label: "an unknown option",
      run: () => leakyRelu(tensor([1]), mistyped({ slope: 1 })),
      error: /leakyRelu: unknown option "slope"; the options are negativeSlope/,
    },
    {
      label: "a slope that is no number",
      run: () => leakyRelu(tensor([1]), mistyped("steep")),
      error: /leakyRelu: negativeSlope is steep/,
    },
    {
      label: "a beta that is no number",
      run: () => softplus(tensor([1]), mistyped("smooth")),
      error: /softplus: beta is smooth; it must be a number/,
    },
    {
      label: "an unknown approximation",
      run: () => gelu(tensor([1]), mistyped({ approximate: "fast" })),
      error: /gelu: approximate is "fast"; it must be one of "none", "tanh"/,
    },
  ],
};

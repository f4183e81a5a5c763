/**
 * Values and gradients relative to their own size, also near zero and at the ends of the range: the generic suite compares
 * with the largest value, beside which a wrong small one goes unnoticed.
 */
import { describe, expect, it } from "vitest";
import { F, type Tensor, tensor } from "../../src/autograd/index.ts";
import { erf, sigmoid } from "./reference/special.ts";

/** Some forty roundings of float32: an exponential has as many of its argument's as that is large. */
const LIMIT = 5e-6;

interface Case {
  readonly name: string;
  readonly run: (x: Tensor) => Tensor;
  readonly f: (x: number) => number;
  readonly derivative: (x: number) => number;
  /** How far the magnitudes reach; all are taken with both signs unless `positive`. */
  readonly to: number;
  /** How far those of the gradient do, where float32 has no more digits of what PyTorch, too, computes it from. */
  readonly gradientTo?: number;
  readonly positive?: boolean;
  /** Where the derivative is 0: relative to it, every rounding is large around there. */
  readonly flatAt?: number;
  /** Where the function is 0: so near to it as float32 allows. */
  readonly zeroAt?: number;
}

/** (1 + erf(x / √2)) / 2 with its digits below zero: 1 + erf would cancel in float64 too. */
function normalCdf(x: number): number {
  if (x > -3) return (1 + erf(x / Math.SQRT2)) / 2;
  let fraction = 0; // Laplace's continued fraction of Mills' ratio
  for (let n = 80; n > 0; n--) fraction = n / (-x + fraction);
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / (-x + fraction);
}

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const inner = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const cases: readonly Case[] = [
  {
    name: "tanh",
    run: F.tanh,
    f: Math.tanh,
    derivative: (x) => 1 - Math.tanh(x) ** 2,
    to: 80,
    gradientTo: 1,
  },
  {
    name: "sigmoid",
    run: F.sigmoid,
    f: sigmoid,
    derivative: (x) => sigmoid(x) * sigmoid(-x),
    to: 80,
    gradientTo: 2, // it comes from the output, which has few digits of its distance from 1
  },
  {
    name: "elu",
    run: (x) => F.elu(x),
    f: (x) => (x > 0 ? x : Math.expm1(x)),
    derivative: (x) => (x > 0 ? 1 : Math.exp(x)),
    to: 80,
  },
  {
    name: "selu",
    run: F.selu,
    f: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    derivative: (x) => SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
    to: 80,
  },
  {
    name: "softplus",
    run: (x) => F.softplus(x),
    f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    derivative: sigmoid,
    to: 80,
  },
  {
    name: "mish",
    run: F.mish,
    f: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
    derivative: (x) => {
      const t = Math.tanh(Math.log1p(Math.exp(x)));
      return t + x * (1 - t * t) * sigmoid(x);
    },
    to: 60,
    flatAt: -1.1924,
  },
  {
    name: "erf",
    run: F.erf,
    f: erf,
    derivative: (x) => 2 / Math.sqrt(Math.PI) / Math.exp(x * x),
    to: 5,
  },
  {
    name: "sin",
    run: F.sin,
    f: Math.sin,
    derivative: Math.cos,
    to: 1,
  },
  {
    name: "cos",
    run: F.cos,
    f: Math.cos,
    derivative: (x) => -Math.sin(x),
    to: 1,
  },
  {
    name: "log",
    run: F.log,
    f: Math.log,
    derivative: (x) => 1 / x,
    to: 1e30,
    positive: true,
    zeroAt: 1,
  },
  {
    name: "pow 2.5",
    run: (x) => F.pow(x, 2.5),
    f: (x) => x ** 2.5,
    derivative: (x) => 2.5 * x ** 1.5,
    to: 1e6,
    positive: true,
  },
  {
    name: "2 to the power",
    run: (x) => F.pow(2, x),
    f: (x) => 2 ** x,
    derivative: (x) => Math.LN2 * 2 ** x,
    to: 100,
  },
  {
    name: "silu",
    run: F.silu,
    f: (x) => x * sigmoid(x),
    derivative: (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
    to: 60,
    flatAt: -1.2785,
  },
  {
    name: "gelu",
    run: (x) => F.gelu(x),
    f: (x) => x * normalCdf(x),
    derivative: (x) => normalCdf(x) + x * density(x),
    to: 6,
    flatAt: -0.7518,
  },
  {
    name: "gelu tanh",
    run: (x) => F.gelu(x, { approximate: "tanh" }),
    f: (x) => x * sigmoid(inner(x)),
    derivative: (x) => {
      const s = sigmoid(inner(x));
      const slope = 2 * Math.sqrt(2 / Math.PI) * (1 + 0.134145 * x * x);
      return s + x * s * sigmoid(-inner(x)) * slope;
    },
    to: 5,
    flatAt: -0.7525,
  },
  { name: "exp", run: F.exp, f: Math.exp, derivative: Math.exp, to: 80 },
  {
    name: "sqrt",
    run: F.sqrt,
    f: Math.sqrt,
    derivative: (x) => 0.5 / Math.sqrt(x),
    to: 1e30,
    positive: true,
  },
  {
    name: "crossEntropy of two classes, the first one right",
    run: (x) => {
      const classes = tensor(new Int32Array(x.size));
      return F.crossEntropy(F.stack([x, F.mul(x, 0)], 1), classes, { reduction: "none" });
    },
    f: (x) => Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    derivative: (x) => -sigmoid(-x),
    to: 3, // beyond, float32 has no more digits of what the sum of exponentials is above 1
  },
  {
    name: "softmax of two classes",
    run: (x) => F.narrow(F.softmax(F.stack([x, F.mul(x, 0)], 1), 1), 1, 0, 1),
    f: sigmoid,
    derivative: (x) => sigmoid(x) * sigmoid(-x),
    to: 80,
    gradientTo: 2, // as sigmoid's
  },
  {
    name: "logSoftmax of two classes",
    run: (x) => F.narrow(F.logSoftmax(F.stack([x, F.mul(x, 0)], 1), 1), 1, 0, 1),
    f: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
    derivative: (x) => sigmoid(-x),
    to: 3, // as crossEntropy's
  },
  {
    name: "binaryCrossEntropy, target 1",
    run: (x) =>
      F.binaryCrossEntropy(x, tensor(new Float32Array(x.size).fill(1)), { reduction: "none" }),
    f: (x) => -Math.log(x),
    derivative: (x) => -1 / x,
    to: 0.9,
    positive: true,
  },
  {
    name: "binaryCrossEntropy, target 0",
    run: (x) => F.binaryCrossEntropy(x, tensor(new Float32Array(x.size)), { reduction: "none" }),
    f: (x) => -Math.log1p(-x),
    derivative: (x) => 1 / (1 - x),
    to: 0.9,
    positive: true,
  },
  {
    name: "binaryCrossEntropyWithLogits, target 0",
    run: (x) =>
      F.binaryCrossEntropyWithLogits(x, tensor(new Float32Array(x.size)), { reduction: "none" }),
    f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    derivative: sigmoid,
    to: 60,
  },
  {
    name: "binaryCrossEntropyWithLogits, target 1, positive weight 3",
    run: (x) =>
      F.binaryCrossEntropyWithLogits(x, tensor(new Float32Array(x.size).fill(1)), {
        reduction: "none",
        posWeight: tensor([3]),
      }),
    f: (x) => 3 * (Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
    derivative: (x) => -3 * sigmoid(-x),
    to: 60,
  },
];

/** From 1e-6 on in steps of a tenth of a decade, as float32 holds them. */
function magnitudes(to: number): number[] {
  const count = Math.floor(10 * Math.log10(to / 1e-6)) + 1;
  return Array.from({ length: count }, (_, i) => Math.fround(1e-6 * 10 ** (i / 10)));
}

function argumentsOf({ to, positive, zeroAt }: Case): number[] {
  const sizes = magnitudes(to);
  const near = zeroAt === undefined ? [] : magnitudes(0.5).flatMap((d) => [zeroAt - d, zeroAt + d]);
  return [...(positive ? [] : sizes.map((x) => -x)), ...sizes, ...near.map(Math.fround)];
}

function expectRelative(
  what: string,
  got: ArrayLike<number>,
  inputs: readonly number[],
  f: (x: number) => number,
  counts: (x: number) => boolean = () => true,
): void {
  inputs.forEach((x, i) => {
    const expected = f(x);
    if (!counts(x) || expected === 0) return;
    const error = Math.abs(got[i]! - expected) / Math.abs(expected);
    expect(error, `${what} at ${x}: ${got[i]} for ${expected}`).toBeLessThan(LIMIT);
  });
}

describe.each(cases)("$name", (given) => {
  it("is right to its last digits from 1e-6 on", async () => {
    const { run, f, derivative, flatAt = Number.NaN, gradientTo = given.to } = given;
    const inputs = argumentsOf(given);
    const x = tensor(Float32Array.from(inputs), { requiresGrad: true });
    const y = run(x);
    expectRelative("the value", await y.data(), inputs, f);
    y.sum().backward();
    const counts = (at: number) => Math.abs(at) <= gradientTo && !(Math.abs(at - flatAt) < 0.1);
    expectRelative("the gradient", await x.grad!.data(), inputs, derivative, counts);
  });
});

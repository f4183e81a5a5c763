/**
 * Values and gradients relative to their own size, also near zero and at the ends of the range: the generic suite compares
 * with the largest value, beside which a wrong small one goes unnoticed.
 */
import { describe, expect, it } from "vitest";
import { F, type Tensor, tensor } from "../../src/autograd/index.ts";
import { erf, sigmoid } from "./reference/special.ts";

interface Case {
  readonly name: string;
  readonly run: (x: Tensor) => Tensor;
  readonly f: (x: number) => number;
  readonly derivative: (x: number) => number;
  /** How far the magnitudes reach; all are taken with both signs unless `positive`. */
  readonly to: number;
  readonly positive?: boolean;
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

const cases: readonly Case[] = [
  {
    name: "tanh",
    run: F.tanh,
    f: Math.tanh,
    derivative: (x) => 1 - Math.tanh(x) ** 2,
    to: 1,
  },
  {
    name: "sigmoid",
    run: F.sigmoid,
    f: sigmoid,
    derivative: (x) => sigmoid(x) * sigmoid(-x),
    to: 2, // the gradient comes from the output, which has few digits of its distance from 1
  },
  {
    name: "elu",
    run: (x) => F.elu(x),
    f: (x) => (x > 0 ? x : Math.expm1(x)),
    derivative: (x) => (x > 0 ? 1 : Math.exp(x)),
    to: 2, // as for the sigmoid
  },
  {
    name: "silu",
    run: F.silu,
    f: (x) => x * sigmoid(x),
    derivative: (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
    to: 1,
  },
  {
    name: "gelu",
    run: (x) => F.gelu(x),
    f: (x) => x * normalCdf(x),
    derivative: (x) => normalCdf(x) + x * density(x),
    to: 4,
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
    to: 3,
  },
  { name: "exp", run: F.exp, f: Math.exp, derivative: Math.exp, to: 20 },
  {
    name: "sqrt",
    run: F.sqrt,
    f: Math.sqrt,
    derivative: (x) => 0.5 / Math.sqrt(x),
    to: 1e30,
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

function expectRelative(
  what: string,
  got: ArrayLike<number>,
  inputs: readonly number[],
  f: (x: number) => number,
): void {
  inputs.forEach((x, i) => {
    const expected = f(x);
    const error = Math.abs(got[i]! - expected) / Math.abs(expected);
    expect(error, `${what} at ${x}: ${got[i]} for ${expected}`).toBeLessThan(5e-6);
  });
}

describe.each(cases)("$name", ({ run, f, derivative, to, positive }) => {
  it("is right to its last digits from 1e-6 on", async () => {
    const sizes = magnitudes(to);
    const inputs = positive ? sizes : [...sizes.map((x) => -x).reverse(), ...sizes];
    const x = tensor(Float32Array.from(inputs), { requiresGrad: true });
    const y = run(x);
    expectRelative("the value", await y.data(), inputs, f);
    y.sum().backward();
    expectRelative("the gradient", await x.grad!.data(), inputs, derivative);
  });
});

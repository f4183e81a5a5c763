import type { GraphNode } from "../../src/formats/index.ts";

/** Abramowitz & Stegun's erf isn't exact enough: a series for small, a continued fraction for large arguments. */
function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x > 3) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
    return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
  }
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** What an op without weights does to each number. */
export function elementwise(node: GraphNode): (v: number) => number {
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
  const softplus = (v: number) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);
  switch (node.op) {
    case "relu":
      return (v) => Math.max(v, 0);
    case "relu6":
      return (v) => clamp(v, 0, 6);
    case "leakyRelu":
      return (v) => (v > 0 ? v : v * node.attrs.negativeSlope);
    case "elu":
      return (v) => (v > 0 ? v : node.attrs.alpha * Math.expm1(v));
    case "gelu":
      return node.attrs.approximate === "none"
        ? (v) => (v / 2) * (1 + erf(v / Math.SQRT2))
        : (v) => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
    case "silu":
      return (v) => v * sigmoid(v);
    case "hardswish":
      return (v) => (v * clamp(v + 3, 0, 6)) / 6;
    case "hardsigmoid":
      return (v) => clamp(v / 6 + 0.5, 0, 1);
    case "sigmoid":
      return sigmoid;
    case "tanh":
      return Math.tanh;
    case "selu":
      return (v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v));
    case "softplus":
      return softplus;
    case "mish":
      return (v) => v * Math.tanh(softplus(v));
    case "abs":
      return Math.abs;
    case "exp":
      return Math.exp;
    case "log":
      return Math.log;
    case "sqrt":
      return Math.sqrt;
    case "erf":
      return erf;
    case "clamp":
      return (v) => clamp(v, node.attrs.min, node.attrs.max);
    default:
      throw new Error(`the reference has no ${node.op}`);
  }
}

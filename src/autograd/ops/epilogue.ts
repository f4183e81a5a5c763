import { shapeText } from "../../base/index.ts";
import { type Activation, type NDArray, reluGrad } from "../../kernels/index.ts";
import { requireFloat, requireWord } from "../checks.ts";
import type { GradRule } from "../node.ts";
import { saving } from "../op.ts";
import type { Tensor } from "../tensor.ts";

// What a convolution or linear layer does to its result in the same launch: a bias is added, ReLU applied.

/** @throws TypeError for what is no activation. */
export function requireActivation(name: string, activation: unknown = "none"): Activation {
  return requireWord(name, "activation", activation, ["none", "relu"]);
}

/** @throws Error unless the bias has a value for each of `count` outputs. */
export function checkBias(name: string, bias: Tensor, count: number): void {
  requireFloat(name, "bias", bias);
  if (bias.ndim === 1 && bias.shape[0] === count) return;
  throw new Error(`${name}: bias has shape ${shapeText(bias.shape)}; [${count}] is expected`);
}

/**
 * The gradient rules of an op whose result `out` has been through an activation, from its rules without one. The gradient
 * before the activation is computed once for all inputs.
 */
export function throughActivation(
  activation: Activation,
  out: NDArray,
  rules: readonly GradRule[],
): readonly GradRule[] {
  if (activation === "none") return rules;
  const before = (dy: NDArray) => reluGrad(dy, out);
  return rules.map((rule) => after(rule, out, before, true));
}

/** A rule where something more was done to the result. @param isRelu which may be accounted for already. */
export function after(
  { needs, grad }: GradRule,
  kept: NDArray,
  before: (dy: NDArray) => NDArray,
  isRelu = false,
): GradRule {
  return saving([...needs, kept], (dy, context) => {
    const isDone = isRelu && context.isRectified;
    return grad(isDone ? dy : context.once(() => [before(dy)] as const)[0], context);
  });
}

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
  return rules.map(({ needs, grad }) =>
    saving([...needs, out], (dy, context) =>
      grad(context.once(() => [reluGrad(dy, out)] as const)[0], context),
    ),
  );
}

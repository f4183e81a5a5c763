import { constantInput, valueInput } from "../../graph/nodes/context.ts";
import { constantBeside, isNear, onlyFollower } from "../../graph/nodes/followers.ts";
import type { Operand } from "../../graph/operands.ts";
import type { OnnxCall, OnnxContext, OperatorNode } from "./node.ts";

/**
 * Finds the exact GELU, which has no operator of its own before version 20: x · (1 + erf(x / √2)) · 0.5, halved at the end as
 * PyTorch writes it or before, from the division on.
 *
 * @returns undefined when the node isn't its division.
 */
export function geluFrom(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const { node } = call;
  const input = valueInput(call);
  if (node.op !== "Div" && node.op !== "Mul") return undefined;
  if (!input || !isNear(constantInput(call, 1), node.op === "Div" ? Math.SQRT2 : Math.SQRT1_2)) {
    return undefined;
  }
  const erf = next(node, "Erf", context);
  const sum = erf && next(erf, "Add", context, 1);
  const product = sum && next(sum, "Mul", context);
  const last = product && halved(node.inputs[0], sum, product, context);
  if (!last) return undefined;
  const value = context.builder.add("gelu", last.name, [input.value], { approximate: "none" });
  const operand = { ...input, value };
  for (const step of [erf, sum, product, last]) context.operands.set(step.outputs[0], operand);
  return operand;
}

/** The one node behind another, if it is of this kind and its other operand this number. */
function next(
  node: OperatorNode,
  op: string,
  context: OnnxContext,
  number?: number,
): OperatorNode | undefined {
  const follower = onlyFollower(node, context);
  if (follower?.op !== op) return undefined;
  const isIt =
    number === undefined || isNear(constantBeside(follower, node.outputs[0], context), number);
  return isIt ? follower : undefined;
}

/** The last step: the product itself where x was halved before, or the halving behind it. */
function halved(
  x: string,
  sum: OperatorNode,
  product: OperatorNode,
  context: OnnxContext,
): OperatorNode | undefined {
  const other = product.inputs.find((name) => name !== sum.outputs[0]);
  if (other === x) return next(product, "Mul", context, 0.5);
  const half = other === undefined ? undefined : context.producers.get(other);
  if (half?.op !== "Mul" || !half.inputs.includes(x)) return undefined;
  return isNear(constantBeside(half, x, context), 0.5) ? product : undefined;
}

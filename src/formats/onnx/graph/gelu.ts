import { type Operand, valueOperand } from "../../graph/operands.ts";
import type { OnnxNode } from "../messages.ts";
import { constantInput, type OnnxCall, type OnnxContext, valueInput } from "./context.ts";
import { isNear, onlyFollower } from "./followers.ts";

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
  const erf = onlyFollower(node, "Erf", context);
  const sum = erf && onlyFollower(erf, "Add", context, 1);
  const product = sum && onlyFollower(sum, "Mul", context);
  const last = product && halved(node.inputs[0], sum, product, context);
  if (!last) return undefined;
  const name = last.name || last.outputs[0];
  const value = context.builder.add("gelu", name, [input.value], { approximate: "none" });
  const operand = valueOperand(value, input.layout);
  for (const step of [erf, sum, product, last]) context.operands.set(step.outputs[0], operand);
  return operand;
}

/** The last step: the product itself where x was halved before, or the halving behind it. */
function halved(
  x: string,
  sum: OnnxNode,
  product: OnnxNode,
  context: OnnxContext,
): OnnxNode | undefined {
  const other = product.inputs.find((name) => name !== sum.outputs[0]);
  if (other === x) return onlyFollower(product, "Mul", context, 0.5);
  const half = other === undefined ? undefined : context.producers.get(other);
  if (half?.op !== "Mul" || !half.inputs.includes(x)) return undefined;
  const factor = context.operands.get(half.inputs.find((name) => name !== x) ?? "");
  return factor?.kind === "constant" && isNear(factor.tensor, 0.5) ? product : undefined;
}

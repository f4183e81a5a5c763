import { type Operand, valueOperand } from "../../graph/operands.ts";
import { constantInput, type OnnxCall, type OnnxContext, valueInput } from "./context.ts";
import { isNear, onlyFollower } from "./followers.ts";

/**
 * Finds the exact GELU, which has no operator of its own before version 20: x · (1 + erf(x / √2)) · 0.5, in the order
 * in which PyTorch writes it, from its first step on.
 *
 * @returns undefined when the node isn't its first step.
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
  if (!product?.inputs.includes(node.inputs[0])) return undefined;
  const last = onlyFollower(product, "Mul", context, 0.5);
  if (!erf || !sum || !last) return undefined;
  const name = last.name || last.outputs[0];
  const value = context.builder.add("gelu", name, [input.value], { approximate: "none" });
  const operand = valueOperand(value, input.layout);
  for (const step of [erf, sum, product, last]) context.operands.set(step.outputs[0], operand);
  return operand;
}

import { numbersOf } from "../../graph/operands.ts";
import type { WeightTensor } from "../../types.ts";
import type { OnnxNode } from "../messages.ts";
import type { OnnxContext } from "./context.ts";

/** The one node that takes a node's value, if it is of this kind and its other input this number. */
export function onlyFollower(
  { outputs: [output] }: OnnxNode,
  op: string,
  context: OnnxContext,
  number?: number,
): OnnxNode | undefined {
  const followers = context.consumers.get(output) ?? [];
  const [follower] = followers;
  if (followers.length !== 1 || follower.op !== op || context.outputs.has(output)) return undefined;
  if (number === undefined) return follower;
  const other = follower.inputs.find((name) => name !== output);
  const operand = other === undefined ? undefined : context.operands.get(other);
  return operand?.kind === "constant" && isNear(operand.tensor, number) ? follower : undefined;
}

/** Whether a constant is this one number. */
export function isNear(tensor: WeightTensor | undefined, number: number): boolean {
  const values = tensor && numbersOf(tensor);
  return values?.length === 1 && Math.abs(values[0] - number) < 1e-4;
}

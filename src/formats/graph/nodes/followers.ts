import type { WeightTensor } from "../../types.ts";
import { numbersOf } from "../operands.ts";
import type { FileNode, NodeContext } from "./context.ts";

/** The one node that takes a node's value, which is no output of the network. */
export function onlyFollower<N extends FileNode>(
  { outputs: [output] }: FileNode,
  context: NodeContext<N>,
): N | undefined {
  const followers = context.consumers.get(output) ?? [];
  return followers.length === 1 && !context.outputs.has(output) ? followers[0] : undefined;
}

/** What a node takes beside a value, where it is a constant. */
export function constantBeside(
  { inputs }: FileNode,
  value: string,
  { operands }: NodeContext,
): WeightTensor | undefined {
  const other = inputs.find((name) => name !== value);
  const operand = other === undefined ? undefined : operands.get(other);
  return operand?.kind === "constant" ? operand.tensor : undefined;
}

/** A node's input that is a short list of numbers, known before it is translated. */
export function listInputOf(
  { inputs }: FileNode,
  index: number,
  { operands }: NodeContext,
): number[] | undefined {
  const operand = operands.get(inputs[index] ?? "");
  return operand?.kind === "constant" ? numbersOf(operand.tensor) : undefined;
}

/** Whether a constant is this one number. */
export function isNear(tensor: WeightTensor | undefined, number: number): boolean {
  const values = tensor && numbersOf(tensor);
  return values?.length === 1 && Math.abs(values[0] - number) < 1e-4;
}

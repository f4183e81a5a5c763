import { printable } from "../../errors.ts";
import type { LayerWeights, NetworkBuilder, Value } from "../../graph/builder.ts";
import { numbersOf, type Operand, type ValueOperand, valueOperand } from "../../graph/operands.ts";
import type { WeightTensor } from "../../types.ts";
import type { TfNode } from "./nodes.ts";

/** TF.js runs graphs whose maps have their channels last. */
export const LAYOUT = "NHWC" as const;

export interface TfContext {
  readonly builder: NetworkBuilder;
  /** By the names of the nodes that give them. */
  readonly operands: Map<string, Operand>;
  readonly consumers: ReadonlyMap<string, readonly TfNode[]>;
  readonly outputs: ReadonlySet<string>;
  /** Weights taken before, by the names of their tensors: layers may share them. */
  readonly used: Map<string, LayerWeights>;
  /** Names of tensors that a layer took. */
  readonly taken: Set<string>;
}

/** One node with what it takes. */
export interface TfCall {
  readonly node: TfNode;
  readonly inputs: readonly Operand[];
}

/** Translates one node; what it can't translate it reports to the builder. */
export type TfRule = (call: TfCall, context: TfContext) => Operand;

export function mapped(value: Value): Operand {
  return valueOperand(value, LAYOUT);
}

/** Notes a node that can't be translated. */
export function unsupported({ node }: TfCall, { builder }: TfContext, why: string): Operand {
  return mapped(builder.unsupported(printable(node.name), node.op, why));
}

export const NO_VALUE = "its input isn't a value of the network";
export const NO_WEIGHTS = "its weights aren't in the file";

export function valueInput({ inputs }: TfCall, index = 0): ValueOperand | undefined {
  const input = inputs[index];
  return input?.kind === "value" ? input : undefined;
}

export function constantInput({ inputs }: TfCall, index: number): WeightTensor | undefined {
  const input = inputs.at(index);
  return input?.kind === "constant" ? input.tensor : undefined;
}

/** An input that is a short list of numbers: axes, a shape, paddings. */
export function listInput(call: TfCall, index: number): number[] | undefined {
  const tensor = constantInput(call, index);
  return tensor && numbersOf(tensor);
}

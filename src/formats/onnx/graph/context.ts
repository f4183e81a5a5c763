import { printable } from "../../errors.ts";
import type { LayerWeights, NetworkBuilder } from "../../graph/builder.ts";
import { numbersOf, type Operand, valueOperand } from "../../graph/operands.ts";
import type { WeightTensor } from "../../types.ts";
import type { OnnxNode } from "../messages.ts";

export interface OnnxContext {
  readonly builder: NetworkBuilder;
  readonly opset: number;
  /** By the names that nodes call them. */
  readonly operands: Map<string, Operand>;
  /** The nodes that give values, by their names. */
  readonly producers: ReadonlyMap<string, OnnxNode>;
  /** The nodes that take a value. */
  readonly consumers: ReadonlyMap<string, readonly OnnxNode[]>;
  /** Names of the graph's outputs. */
  readonly outputs: ReadonlySet<string>;
  /** Weights taken before, by the names of their tensors: layers may share them. */
  readonly used: Map<string, LayerWeights>;
  /** Names of tensors that a layer took. */
  readonly taken: Set<string>;
}

/** One node with what it takes. */
export interface OnnxCall {
  readonly node: OnnxNode;
  /** For messages and as the name of the layer. */
  readonly name: string;
  /** Optional ones that are left out are undefined. */
  readonly inputs: readonly (Operand | undefined)[];
}

/** Translates one node; what it can't translate it reports to the builder. */
export type OnnxRule = (call: OnnxCall, context: OnnxContext) => Operand;

/** Notes a node that can't be translated. */
export function unsupported(
  { name, node }: OnnxCall,
  { builder }: OnnxContext,
  why: string,
): Operand {
  return valueOperand(builder.unsupported(printable(name), node.op, why), "NCHW");
}

/** The first input, when it is a value of the network. */
export function valueInput({ inputs }: OnnxCall, index = 0) {
  const input = inputs[index];
  return input?.kind === "value" ? input : undefined;
}

/** An input that must be known already. */
export function constantInput({ inputs }: OnnxCall, index: number): WeightTensor | undefined {
  const input = inputs[index];
  return input?.kind === "constant" ? input.tensor : undefined;
}

/** A setting that is an attribute in older versions of an operator and an input in newer ones. */
export function integersOf(call: OnnxCall, attribute: string, index: number): number[] | undefined {
  const own = call.node.attributes.get(attribute);
  if (own) return [...own.ints];
  const input = constantInput(call, index);
  return input && numbersOf(input);
}

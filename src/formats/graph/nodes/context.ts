import { printable } from "../../errors.ts";
import type { WeightTensor } from "../../types.ts";
import type { LayerWeights, NetworkBuilder, Value } from "../builder.ts";
import {
  type Layout,
  numbersOf,
  type Operand,
  type ValueOperand,
  valueOperand,
} from "../operands.ts";

// How networks are read that a file gives as a graph of operators (ONNX, TensorFlow), not as layers.

/** An operator in a file's graph. */
export interface FileNode {
  /** For messages, and as the name of the layer. */
  readonly name: string;
  readonly op: string;
  /** Names of the values that it takes; "" stands for an optional one that is left out. */
  readonly inputs: readonly string[];
  /** Names of the values that it gives. */
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** The settings of a node. */
export interface Attributes {
  number(name: string, fallback: number): number;
  text(name: string, fallback: string): string;
  /** A list of whole numbers; undefined where it is absent. */
  integers(name: string): readonly number[] | undefined;
}

/** What the translation of a node has at hand. */
export interface NodeContext<N extends FileNode = FileNode> {
  readonly builder: NetworkBuilder;
  /** What is known of the graph's values, by their names. */
  readonly operands: Map<string, Operand>;
  /** The nodes that give a value, and those that take it. */
  readonly producers: ReadonlyMap<string, N>;
  readonly consumers: ReadonlyMap<string, readonly N[]>;
  /** Names of the graph's outputs. */
  readonly outputs: ReadonlySet<string>;
  /** How the file sees maps where nothing says otherwise. */
  readonly layout: "NHWC" | "NCHW";
  /** How it sees a map that a reshaping gives, with `rank` sides behind the batch. */
  readonly layoutBehind: (name: string, from: ValueOperand, rank: number) => Layout;
  /** Weights taken before, by the names of their tensors: layers may share them. */
  readonly used: Map<string, LayerWeights>;
  /** Additions whose constant a layer took as its bias, by the names of their values: they give what they take. */
  readonly absorbed: Set<string>;
  /** Names of tensors that a layer took. */
  readonly taken: Set<string>;
  /** Set where values are taken with the axes that the file gives them, not as maps. */
  readonly plain?: PlainReading;
}

/** What reading any axes has at hand. */
export interface PlainReading {
  /** What the file takes the batch for: the number that it says, or one that nothing else is. */
  readonly batch: number;
  /** Names of tensors that are weights. */
  readonly weights: ReadonlySet<string>;
  /** Maps as values of any axes and the other way round, by the names of their nodes. */
  readonly plains: Map<string, ValueOperand>;
  readonly maps: Map<string, ValueOperand>;
  /** Constants that are values, by their tensors' names and shapes. */
  readonly constants: Map<string, Value>;
}

/** One node with what it takes. */
export interface NodeCall<N extends FileNode = FileNode> {
  readonly node: N;
  /** Optional ones that are left out are undefined. */
  readonly inputs: readonly (Operand | undefined)[];
}

/** Translates one node; what it can't translate it reports to the builder. */
export type NodeRule<N extends FileNode = FileNode> = (
  call: NodeCall<N>,
  context: NodeContext<N>,
) => Operand;

/** Notes a node that can't be translated. */
export function unsupported(
  { node }: NodeCall,
  { builder, layout }: NodeContext,
  why: string,
): Operand {
  return valueOperand(builder.unsupported(printable(node.name), node.op, why), layout);
}

export const NO_VALUE = "its input isn't a value of the network";
export const NO_WEIGHTS = "its weights aren't in the file";

/** An input that is a value of the network. */
export function valueInput({ inputs }: NodeCall, index = 0): ValueOperand | undefined {
  const input = inputs[index];
  return input?.kind === "value" ? input : undefined;
}

/** An input that is known already; negative indices count from the last. */
export function constantInput({ inputs }: NodeCall, index: number): WeightTensor | undefined {
  const input = inputs.at(index);
  return input?.kind === "constant" ? input.tensor : undefined;
}

/** An input that is a short list of numbers: axes, a shape, paddings. */
export function listInput(call: NodeCall, index: number): number[] | undefined {
  const tensor = constantInput(call, index);
  return tensor && numbersOf(tensor);
}

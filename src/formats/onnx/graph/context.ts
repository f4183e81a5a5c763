import type { LayerWeights, NetworkBuilder, Value } from "../../architecture/builder.ts";
import { printable } from "../../errors.ts";
import { countElements } from "../../tensors.ts";
import type { WeightTensor } from "../../types.ts";
import type { OnnxNode } from "../messages.ts";

export type Layout = "NHWC" | "NCHW";

/** What a node works on: a value of the network, or a tensor that is known already. */
export type Operand =
  | { readonly kind: "value"; readonly value: Value; readonly layout: Layout }
  | { readonly kind: "constant"; readonly tensor: WeightTensor };

export interface OnnxContext {
  readonly builder: NetworkBuilder;
  readonly opset: number;
  /** By the names that nodes call them. */
  readonly operands: Map<string, Operand>;
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

export function valueOperand(value: Value, layout: Layout): Operand {
  return { kind: "value", value, layout };
}

export function constantOperand(tensor: WeightTensor): Operand {
  return { kind: "constant", tensor };
}

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

/** What small lists of numbers (shapes, axes, paddings, factors per channel) are limited to. */
const MAX_LIST = 65_536;

/** A constant's elements as numbers; undefined when it is too large to be a list of settings. */
export function numbersOf(tensor: WeightTensor): number[] | undefined {
  const count = countElements(tensor.shape);
  if (count === undefined || count > MAX_LIST) return undefined;
  return Array.from<number | bigint, number>(tensor.data(), Number);
}

/** A setting that is an attribute in older versions of an operator and an input in newer ones. */
export function integersOf(call: OnnxCall, attribute: string, index: number): number[] | undefined {
  const own = call.node.attributes.get(attribute);
  if (own) return [...own.ints];
  const input = constantInput(call, index);
  return input && numbersOf(input);
}

/** The file's axis of the channels or features, counted with the batch. */
export function channelAxis(value: Value, layout: Layout): number {
  return layout === "NHWC" && value.shape?.length === 3 ? 3 : 1;
}

/** Counts an axis from the front. */
export function fromFront(axis: number, value: Value): number {
  return axis < 0 ? axis + (value.shape?.length ?? 3) + 1 : axis;
}

/** A list of numbers as a constant. */
export function integerConstant(values: readonly number[], shape: readonly number[]): Operand {
  const data = BigInt64Array.from(values, (value) =>
    BigInt(Number.isSafeInteger(value) ? value : 0),
  );
  return constantOperand({ name: "computed", shape, dtype: "i64", data: () => data });
}

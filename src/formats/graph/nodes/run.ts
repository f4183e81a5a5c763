import { printable } from "../../errors.ts";
import { grouped } from "../../grouped.ts";
import type { WeightTensor } from "../../types.ts";
import type { NetworkBuilder, Value } from "../builder.ts";
import { constantOperand, isUnknown, type Operand, valueOperand } from "../operands.ts";
import {
  type FileNode,
  type NodeCall,
  type NodeContext,
  type NodeRule,
  type PlainReading,
  unsupported,
} from "./context.ts";

/** What a file says of its graph. */
export interface FileGraph<N extends FileNode>
  extends Pick<NodeContext, "layout" | "layoutBehind"> {
  /** The batch that the file says, where axes are to be taken as they are; null where it leaves it open. */
  readonly plainBatch?: number | null;
  readonly nodes: readonly N[];
  /** What is known from the start, by the names of the values. */
  readonly constants: ReadonlyMap<string, WeightTensor>;
  readonly outputs: readonly string[];
}

export function nodeContext<N extends FileNode>(
  { nodes, constants, outputs, layout, layoutBehind, plainBatch }: FileGraph<N>,
  builder: NetworkBuilder,
): NodeContext<N> {
  const takers = nodes.flatMap((node) =>
    [...new Set(node.inputs)].map((name) => [name, node] as const),
  );
  return {
    builder,
    operands: new Map([...constants].map(([name, tensor]) => [name, constantOperand(tensor)])),
    producers: new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const))),
    consumers: grouped(takers),
    outputs: new Set(outputs),
    layout,
    layoutBehind,
    used: new Map(),
    absorbed: new Set(),
    taken: new Set(),
    plain: plainBatch === undefined ? undefined : plainReading(plainBatch, constants.keys()),
  };
}

/** Prime, and larger than sides are: what is a multiple of it has the batch in it. */
const OPEN_BATCH = 1_000_003;

function plainReading(batch: number | null, weights: Iterable<string>): PlainReading {
  return {
    batch: batch ?? OPEN_BATCH,
    weights: new Set(weights),
    ...{ plains: new Map(), maps: new Map(), constants: new Map() },
  };
}

/** How the nodes of a format are translated. */
export interface Translation<N extends FileNode> {
  readonly ruleFor: (node: N) => NodeRule<N> | undefined;
  /** Computes a node whose inputs are all known. @returns undefined when the node isn't of that kind. */
  readonly folded: (call: NodeCall<N>, context: NodeContext<N>) => Operand | undefined;
}

/** What can't be judged without the shape of its input: behind a layer that isn't supported it is passed over. */
const NEEDS_SHAPE: ReadonlySet<string> = new Set(
  (
    "Add AddV2 AddN BiasAdd Sub Mul Div RealDiv Sum Min Max Minimum Maximum Reshape Flatten Squeeze Unsqueeze ExpandDims " +
    "LayerNormalization RMSNormalization InstanceNormalization GroupNormalization LRN " +
    "Split SplitV DepthToSpace SpaceToDepth Resize Upsample " +
    "Concat ConcatV2 Mean ReduceMean ReduceMax Pad PadV2 MirrorPad Transpose Softmax LogSoftmax Shape Gather Slice " +
    "StridedSlice Pack Prod Cast Floor ConstantOfShape Identity"
  ).split(" "),
);

/** Operators between which a map may have more dimensions than it has. */
const KNOWS_APART: ReadonlySet<string> = new Set(["Reshape", "Transpose", "Identity"]);

/**
 * Translates a node, and puts what it gives among the operands.
 *
 * @throws the builder's error when it takes what no node before it gives.
 */
export function runNode<N extends FileNode>(
  node: N,
  { ruleFor, folded }: Translation<N>,
  context: NodeContext<N>,
): void {
  const { operands, builder, layout } = context;
  const [output, ...others] = node.outputs;
  // A constant, the network's input, or an addition that the layer before took in as its bias.
  if (output === undefined || operands.has(output)) return;
  const inputs = node.inputs.map((input) =>
    input === "" ? undefined : operandOf(input, node, context),
  );
  const call: NodeCall<N> = { node, inputs };
  const passed = inputs.find((input) => input?.kind === "value");
  if (passed && context.absorbed.has(output)) {
    operands.set(output, passed);
    return;
  }
  const isJudged = NEEDS_SHAPE.has(node.op) || (context.plain && ruleFor(node));
  if (isJudged && inputs.some(isUnknown)) {
    for (const name of node.outputs) operands.set(name, valueOperand({}, layout));
    return;
  }
  if (
    inputs.some((input) => input?.kind === "value" && input.value.apart) &&
    !KNOWS_APART.has(node.op)
  ) {
    const why = "its input has more dimensions than a map";
    for (const name of node.outputs) operands.set(name, valueOperand({}, layout));
    unsupported(call, context, why);
    return;
  }
  const rule = ruleFor(node);
  const result =
    givenLayer(call, context) ??
    folded(call, context) ??
    (rule ? rule(call, context) : unsupported(call, context, "this operator isn't supported"));
  operands.set(output, result);
  // Further outputs (masks, statistics) matter only if somebody takes them.
  for (const other of others) {
    if (other === "" || operands.has(other)) continue;
    const isTaken =
      !isUnknown(result) && (context.consumers.has(other) || context.outputs.has(other));
    const value = isTaken
      ? builder.unsupported(printable(node.name), node.op, "its further outputs aren't supported")
      : {};
    operands.set(other, valueOperand(value, layout));
  }
}

/** What is given in place of a node takes its values, not its constants; undefined where nothing is. */
function givenLayer(
  { node, inputs }: NodeCall,
  { builder, layout }: NodeContext,
): Operand | undefined {
  const values = inputs.flatMap((input) => (input?.kind === "value" ? [input] : []));
  const [first] = values;
  const value =
    first &&
    builder.given(
      node.name,
      node.op,
      values.map((input) => input.value),
    );
  return value && valueOperand(value, value.shape?.length === 3 ? first.layout : layout);
}

function operandOf(input: string, taker: FileNode, { operands, builder }: NodeContext): Operand {
  const operand = operands.get(input);
  if (operand) return operand;
  throw builder.broken(taker.name, `its input "${printable(input)}" is given by no node before it`);
}

/** The values that the network gives. */
export function outputValues({ operands, outputs, builder }: NodeContext): Value[] {
  return [...outputs].map((name) => {
    const operand = operands.get(name);
    if (operand?.kind === "value") return operand.value;
    return builder.unsupported(printable(name), "output", "no node gives this output");
  });
}

/** Takes the weights of layers that can't be built, under their own names. Integers are shapes and the like. */
export function takeLooseTensors(
  tensors: Iterable<WeightTensor>,
  { taken, builder }: NodeContext,
): void {
  for (const tensor of tensors) {
    const isWeight = /^(f|bf|other)/.test(tensor.dtype) && tensor.shape.length > 0;
    if (taken.has(tensor.name) || !isWeight || builder.tensors.has(tensor.name)) continue;
    builder.tensors.set(tensor.name, tensor);
  }
}

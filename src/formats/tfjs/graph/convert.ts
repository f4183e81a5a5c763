import { DAMAGED, printable } from "../../errors.ts";
import type { BuiltNetwork, NetworkBuilder } from "../../graph/builder.ts";
import type { Shape } from "../../graph/network_graph.ts";
import { constantOperand, isUnknown, type Operand } from "../../graph/operands.ts";
import { mapShape } from "../../graph/reshape.ts";
import type { WeightTensor } from "../../types.ts";
import {
  LAYOUT,
  mapped,
  type TfCall,
  type TfContext,
  type TfRule,
  unsupported,
} from "./context.ts";
import * as elementwise from "./elementwise.ts";
import * as layers from "./layers.ts";
import { parseNodes, type TfNode } from "./nodes.ts";
import { neededGraph } from "./outputs.ts";
import * as shapes from "./shapes.ts";

const RULES: ReadonlyMap<string, TfRule> = new Map([
  ["Conv2D", layers.conv2d],
  ["_FusedConv2D", layers.conv2d],
  ["FusedConv2D", layers.conv2d],
  ["DepthwiseConv2d", layers.depthwiseConv2d],
  ["DepthwiseConv2dNative", layers.depthwiseConv2d],
  ["FusedDepthwiseConv2dNative", layers.depthwiseConv2d],
  ["MatMul", layers.matMul],
  ["_FusedMatMul", layers.matMul],
  ["FusedBatchNorm", layers.batchNorm],
  ["FusedBatchNormV2", layers.batchNorm],
  ["FusedBatchNormV3", layers.batchNorm],
  ["MaxPool", layers.pool("maxPool2d")],
  ["AvgPool", layers.pool("avgPool2d")],
  ["Pad", layers.pad],
  ["PadV2", layers.pad],
  ["MirrorPad", layers.pad],
  ...elementwise.ACTIVATION_OPERATIONS.map((op) => [op, elementwise.activation] as const),
  ["Softmax", elementwise.softmax],
  ["Prelu", elementwise.prelu],
  ["Add", elementwise.arithmetic("add")],
  ["AddV2", elementwise.arithmetic("add")],
  ["BiasAdd", elementwise.arithmetic("add")],
  ["Sub", elementwise.arithmetic("sub")],
  ["Mul", elementwise.arithmetic("mul")],
  ["RealDiv", elementwise.arithmetic("div")],
  ["Div", elementwise.arithmetic("div")],
  ["AddN", elementwise.addN],
  ["Minimum", elementwise.bounded("min")],
  ["Maximum", elementwise.bounded("max")],
  ["Mean", shapes.reduce("globalAvgPool")],
  ["Max", shapes.reduce("globalMaxPool")],
  ["Reshape", shapes.reshape],
  ["Squeeze", shapes.squeeze],
  ["ExpandDims", shapes.expandDims],
  ["ConcatV2", shapes.concat],
  ["Transpose", shapes.transpose],
  ["Identity", shapes.identity],
  ["Snapshot", shapes.identity],
  ["StopGradient", shapes.identity],
  ["Cast", shapes.identity],
  ["Dropout", shapes.identity],
]);

export interface GraphSource {
  readonly nodes: readonly unknown[];
  readonly tensors: readonly WeightTensor[];
  /** Of the model, where it has one: tells its outputs. */
  readonly signature: unknown;
}

/** @returns the network of a TF.js graph model, and the names of the tensors that it took. */
export function convertTfGraph(
  { nodes: list, tensors, signature }: GraphSource,
  builder: NetworkBuilder,
): BuiltNetwork & { readonly taken: ReadonlySet<string> } {
  const { nodes, outputs } = neededGraph(parseNodes(list, builder.fail), signature, builder);
  const consumers = consumersOf(nodes);
  const operands = new Map<string, Operand>();
  for (const tensor of tensors) operands.set(tensor.name, constantOperand(tensor));
  const taken = new Set<string>();
  const context: TfContext = {
    builder,
    operands,
    consumers,
    outputs: new Set(outputs),
    used: new Map(),
    taken,
  };
  const inputShape = addInput(nodes, context);
  runAll(nodes, context);
  const values = outputs.map((name) => {
    const operand = operands.get(name);
    if (operand?.kind === "value") return operand.value;
    return builder.unsupported(printable(name), "output", "no node gives this output");
  });
  const about = { name: "model", inputShape, fileLayout: LAYOUT };
  return { ...builder.finish(values, about), taken };
}

function consumersOf(nodes: readonly TfNode[]): Map<string, TfNode[]> {
  const consumers = new Map<string, TfNode[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const list = consumers.get(input);
      if (list) list.push(node);
      else consumers.set(input, [node]);
    }
  }
  return consumers;
}

function addInput(nodes: readonly TfNode[], { builder, operands }: TfContext): Shape {
  const [input, ...others] = nodes.filter(({ op }) => op === "Placeholder");
  if (!input) throw builder.fail("modelTopology", "it has no input (Placeholder)", DAMAGED);
  for (const other of others) {
    builder.unsupported(
      printable(other.name),
      "Placeholder",
      "only networks with one input are supported",
    );
  }
  const whole = input.attributes.shape("shape");
  const shape =
    whole?.length === 2
      ? whole.slice(1)
      : whole?.length === 4
        ? mapShape(whole.slice(1), LAYOUT)
        : undefined;
  const value = shape
    ? builder.input(input.name, shape)
    : builder.unsupported(
        printable(input.name),
        input.op,
        "its shape must be [batch, height, width, channels] or [batch, features]",
      );
  operands.set(input.name, mapped(value));
  return shape ?? [];
}

/** Nodes may come in any order: each runs as soon as what it takes is there. */
function runAll(nodes: readonly TfNode[], context: TfContext): void {
  const missing = new Map<TfNode, number>();
  const ready: TfNode[] = [];
  for (const node of nodes) {
    const count = new Set(node.inputs.filter((name) => !context.operands.has(name))).size;
    missing.set(node, count);
    if (count === 0) ready.push(node);
  }
  for (let i = 0; i < ready.length; i++) {
    const node = ready[i];
    const wasThere = context.operands.has(node.name);
    if (!wasThere) runNode(node, context);
    // What is a constant or the input was there from the start, and nobody waits for it.
    if (wasThere && isGiven(node)) continue;
    for (const taker of context.consumers.get(node.name) ?? []) {
      const left = (missing.get(taker) ?? 0) - 1;
      missing.set(taker, left);
      if (left === 0) ready.push(taker);
    }
  }
}

function isGiven({ op }: TfNode): boolean {
  return op === "Const" || op === "Placeholder";
}

/** What can't be judged without the shape of its input: behind a layer that isn't supported it is passed over. */
const NEEDS_SHAPE: ReadonlySet<string> = new Set(
  (
    "Add AddV2 BiasAdd Sub Mul RealDiv Div AddN Reshape Squeeze ExpandDims ConcatV2 Mean Max Pad PadV2 MirrorPad " +
    "Transpose Minimum Maximum Shape Pack StridedSlice Prod Cast Identity"
  ).split(" "),
);

function runNode(node: TfNode, context: TfContext): void {
  const inputs = node.inputs.flatMap((name) => context.operands.get(name) ?? []);
  const call: TfCall = { node, inputs };
  if (NEEDS_SHAPE.has(node.op) && inputs.some(isUnknown)) {
    context.operands.set(node.name, mapped({}));
    return;
  }
  const rule = RULES.get(node.op);
  const result =
    shapes.folded(call) ??
    (rule ? rule(call, context) : unsupported(call, context, "this operation isn't supported"));
  context.operands.set(node.name, result);
}

import { DAMAGED, printable } from "../../errors.ts";
import type { BuiltNetwork, NetworkBuilder } from "../../graph/builder.ts";
import type { Shape } from "../../graph/network_graph.ts";
import {
  constantOperand,
  isUnknown,
  type Layout,
  mapOfTwo,
  type Operand,
  valueOperand,
} from "../../graph/operands.ts";
import type { WeightTensor } from "../../types.ts";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from "../messages.ts";
import { type OnnxCall, type OnnxContext, unsupported } from "./context.ts";
import { folded, type ReadTensor } from "./fold.ts";
import { layoutOf, layoutOfTwo } from "./layouts.ts";
import { ruleFor } from "./rules.ts";

export interface GraphSource {
  readonly model: OnnxModel;
  readonly graph: OnnxGraph;
  /** The graph's own tensors. */
  readonly initializers: ReadonlyMap<string, WeightTensor>;
  readonly readTensor: ReadTensor;
}

/** @returns the network of a graph, and the names of the tensors that it took. */
export function convertGraph(
  { model, graph, initializers, readTensor }: GraphSource,
  builder: NetworkBuilder,
): BuiltNetwork & { readonly taken: ReadonlySet<string> } {
  const consumers = consumersOf(graph.nodes);
  const operands = new Map<string, Operand>();
  for (const [name, tensor] of initializers) operands.set(name, constantOperand(tensor));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const { opset } = model;
  const taken = new Set<string>();
  const context: OnnxContext = {
    builder,
    opset,
    operands,
    producers: new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node]))),
    consumers,
    outputs,
    used: new Map(),
    taken,
  };
  if (graph.outputs.length === 0) throw builder.fail("graph", "it has no output", DAMAGED);
  const input = inputOf(graph, context);
  // Rules look ahead, and exporters put a constant right before the node that takes it.
  for (const node of graph.nodes) if (node.op === "Constant") runNode(node, context, readTensor);
  for (const node of graph.nodes) runNode(node, context, readTensor);
  const values = graph.outputs.map(({ name }) => outputValue(name, context));
  const fileLayout = input.layout === "NHWC" ? "NHWC" : "NCHW";
  const about = { name: graph.name || "model", inputShape: input.shape, fileLayout } as const;
  return { ...builder.finish(values, about), taken };
}

function consumersOf(nodes: readonly OnnxNode[]): Map<string, OnnxNode[]> {
  const consumers = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const list = consumers.get(input);
      if (list) list.push(node);
      else consumers.set(input, [node]);
    }
  }
  return consumers;
}

/** Until version 4 of the format the weights were listed among the inputs, too. */
function inputOf(
  graph: OnnxGraph,
  context: OnnxContext,
): { readonly shape: Shape; readonly layout: Layout } {
  const { builder, operands } = context;
  const [input, ...others] = graph.inputs.filter(({ name }) => !operands.has(name));
  if (!input) throw builder.fail("graph", "it has no input", DAMAGED);
  for (const { name } of others) {
    const why = `networks with one input are supported, and this is one besides "${printable(input.name)}"`;
    operands.set(name, valueOperand(builder.unsupported(printable(name), "input", why), "NCHW"));
  }
  const layout =
    input.shape?.length === 3 ? layoutOfTwo(input.name, context) : layoutOf(input.name, context);
  const shape = ourShape(input, layout);
  if (shape) {
    operands.set(input.name, valueOperand(builder.input(input.name, shape), layout));
    return { shape, layout };
  }
  const value = builder.unsupported(
    printable(input.name),
    "input",
    "its shape must be [batch, channels, height, width], [batch, height, width], [batch, channels, length] or [batch, features]",
  );
  operands.set(input.name, valueOperand(value, layout));
  return { shape: [], layout };
}

function ourShape({ shape }: OnnxValueInfo, layout: Layout): Shape | undefined {
  if (shape?.length === 2) return [shape[1]];
  if (shape?.length === 3 && (layout === "NCL" || layout === "NHW")) {
    return mapOfTwo(shape.slice(1), layout);
  }
  if (shape?.length !== 4) return undefined;
  const [, a, b, c] = shape;
  return layout === "NHWC" ? [c, a, b] : [a, b, c];
}

/** What can't be judged without the shape of its input: behind a layer that isn't supported it is passed over. */
const NEEDS_SHAPE: ReadonlySet<string> = new Set(
  (
    "Add Sub Mul Div Sum Min Max Reshape Flatten Squeeze Unsqueeze Concat ReduceMean ReduceMax Pad Transpose Softmax LogSoftmax " +
    "Shape Gather Slice Cast Floor ConstantOfShape Identity"
  ).split(" "),
);

function runNode(node: OnnxNode, context: OnnxContext, readTensor: ReadTensor): void {
  const [output] = node.outputs;
  // An addition that the layer before took in as its bias.
  if (output === undefined || context.operands.has(output)) return;
  const name = node.name || output;
  const inputs = node.inputs.map((input) =>
    input === "" ? undefined : operandOf(input, name, context),
  );
  const call: OnnxCall = { node, name, inputs };
  if (NEEDS_SHAPE.has(node.op) && inputs.some(isUnknown)) {
    context.operands.set(output, valueOperand({}, "NCHW"));
    return;
  }
  const rule = ruleFor(node.op, node.domain);
  const result =
    folded(call, readTensor) ??
    (rule ? rule(call, context) : unsupported(call, context, "this operator isn't supported"));
  context.operands.set(output, result);
  // Further outputs (masks, statistics) matter only if somebody takes them.
  for (const other of node.outputs.slice(1)) {
    if (other === "" || context.operands.has(other)) continue;
    const isTaken = context.consumers.has(other) || context.outputs.has(other);
    const value = isTaken
      ? context.builder.unsupported(
          printable(name),
          node.op,
          "its further outputs aren't supported",
        )
      : {};
    context.operands.set(other, valueOperand(value, "NCHW"));
  }
}

function operandOf(input: string, taker: string, { operands, builder }: OnnxContext): Operand {
  const operand = operands.get(input);
  if (operand) return operand;
  throw builder.broken(taker, `its input "${printable(input)}" is given by no node before it`);
}

function outputValue(name: string, { operands, builder }: OnnxContext) {
  const operand = operands.get(name);
  if (operand?.kind === "value") return operand.value;
  return builder.unsupported(printable(name), "output", "no node gives this output");
}

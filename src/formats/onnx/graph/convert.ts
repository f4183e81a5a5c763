import { DAMAGED, printable } from "../../errors.ts";
import type { BuiltNetwork, NetworkBuilder } from "../../graph/builder.ts";
import type { Shape } from "../../graph/network_graph.ts";
import { nodeContext, outputValues, runNode, takeLooseTensors } from "../../graph/nodes/run.ts";
import { isOfTwo, type Layout, mapOfTwo, valueOperand } from "../../graph/operands.ts";
import type { AxesAre } from "../../graph/plain/reading.ts";
import type { WeightTensor } from "../../types.ts";
import type { OnnxGraph, OnnxTensor, OnnxValue } from "../schema.ts";
import { constantsOf, folded } from "./fold.ts";
import { layoutBehind, layoutOf, layoutOfTwo } from "./layouts.ts";
import { type OnnxContext, operatorNode } from "./node.ts";
import { plainFolded } from "./plain_fold.ts";
import { plainRuleFor } from "./plain_rules.ts";
import { ruleFor } from "./rules.ts";

export interface GraphSource {
  readonly classes?: readonly string[];
  readonly graph: OnnxGraph;
  /** Version of the plain operators. */
  readonly opset: number;
  /** The graph's own tensors. */
  readonly initializers: ReadonlyMap<string, WeightTensor>;
  /** Turns a tensor of a node's attribute into a weight tensor. */
  readonly readTensor: (tensor: OnnxTensor) => WeightTensor;
}

/** @returns the network of a graph. Its tensors, and those of the graph that no layer took, are in `builder`. */
export function convertGraph(
  { graph, opset, initializers, readTensor, classes }: GraphSource,
  builder: NetworkBuilder,
  axes: AxesAre,
): BuiltNetwork {
  const nodes = graph.nodes.map(operatorNode);
  const outputs = graph.outputs.map(({ name }) => name);
  if (outputs.length === 0) throw builder.fail("graph", "it has no output", DAMAGED);
  // Rules look ahead, and exporters put a constant right before the node that takes it.
  const constants = new Map([...constantsOf(nodes, readTensor), ...initializers]);
  const context: OnnxContext = nodeContext(
    {
      nodes,
      constants,
      outputs,
      layout: "NCHW",
      layoutBehind: (name, from, rank) => layoutBehind(name, from, rank, context),
      plainBatch: axes === "any" ? batchOf(graph, constants) : undefined,
    },
    builder,
  );
  const { shape, layout } = addInput(graph, context);
  const translation =
    axes === "any"
      ? { ruleFor: plainRuleFor(opset), folded: plainFolded }
      : { ruleFor: ruleFor(opset), folded };
  for (const node of nodes) runNode(node, translation, context);
  const fileLayout = layout === "NHWC" ? "NHWC" : "NCHW";
  const about = { name: graph.name || "model", inputShape: shape, fileLayout, classes } as const;
  const network = builder.finish(outputValues(context), about);
  takeLooseTensors(initializers.values(), context);
  return network;
}

/** How many images the file is for; null where it leaves that open. */
function batchOf({ inputs }: OnnxGraph, constants: ReadonlyMap<string, unknown>): number | null {
  const input = inputs.find(({ name }) => !constants.has(name));
  return (input && sidesOf(input)?.[0]) ?? null;
}

/** Until version 4 of the format the weights were listed among the inputs, too. */
function addInput(
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
  const sides = sidesOf(input);
  const layout =
    sides?.length === 3 ? layoutOfTwo(input.name, context) : layoutOf(input.name, context);
  const shape = ourShape(sides, layout);
  const value = shape
    ? builder.input(input.name, shape)
    : builder.unsupported(
        printable(input.name),
        "input",
        "its shape must be [batch, channels, height, width], [batch, height, width], [batch, channels, length] or [batch, features]",
      );
  operands.set(input.name, valueOperand(value, layout));
  return { shape: shape ?? [], layout };
}

/** Undefined where the file doesn't tell the rank. */
function sidesOf({ type }: OnnxValue): Shape | undefined {
  // 0 and less stand for an open side, too.
  return type?.tensor?.shape?.sides.map(({ length }) =>
    Number.isSafeInteger(length) && length > 0 ? length : null,
  );
}

function ourShape(shape: Shape | undefined, layout: Layout): Shape | undefined {
  if (shape?.length === 2) return [shape[1]];
  if (shape?.length === 3 && isOfTwo(layout)) {
    return mapOfTwo(shape.slice(1), layout);
  }
  if (shape?.length !== 4) return undefined;
  const [, a, b, c] = shape;
  return layout === "NHWC" ? [c, a, b] : [a, b, c];
}

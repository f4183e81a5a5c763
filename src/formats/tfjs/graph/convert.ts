import { DAMAGED, printable } from "../../errors.ts";
import type { BuiltNetwork, NetworkBuilder } from "../../graph/builder.ts";
import type { Shape } from "../../graph/network_graph.ts";
import { nodeContext, outputValues, runNode, takeLooseTensors } from "../../graph/nodes/run.ts";
import { isOfTwo, type Layout, mapOfTwo, valueOperand } from "../../graph/operands.ts";
import type { AxesAre } from "../../graph/plain/reading.ts";
import { mapShape } from "../../graph/reshape.ts";
import type { WeightTensor } from "../../types.ts";
import { layoutBehind, layoutOfTwo } from "./layouts.ts";
import { parseNodes, type TfContext, type TfNode } from "./nodes.ts";
import { inOrder, neededGraph } from "./outputs.ts";
import { plainFolded } from "./plain_fold.ts";
import { plainRuleFor } from "./plain_rules.ts";
import { ruleFor } from "./rules.ts";
import { folded } from "./shapes.ts";

/** TF.js runs graphs whose maps have their channels last. */
const LAYOUT = "NHWC";

export interface GraphSource {
  readonly nodes: readonly unknown[];
  readonly tensors: readonly WeightTensor[];
  /** Of the model, where it has one: tells its outputs. */
  readonly signature: unknown;
  readonly classes?: readonly string[];
}

/** @returns the network of a TF.js graph model. Its tensors, and those that no layer took, are in `builder`. */
export function convertTfGraph(
  { nodes: list, tensors, signature, classes }: GraphSource,
  builder: NetworkBuilder,
  axes: AxesAre,
): BuiltNetwork {
  const { nodes, outputs } = neededGraph(parseNodes(list, builder.fail), signature, builder);
  const constants = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const context: TfContext = nodeContext(
    {
      ...{ nodes, constants, outputs, layout: LAYOUT, layoutBehind },
      plainBatch: axes === "any" ? batchOf(nodes) : undefined,
    },
    builder,
  );
  const inputShape = addInput(nodes, context);
  const translation =
    axes === "any" ? { ruleFor: plainRuleFor, folded: plainFolded } : { ruleFor, folded };
  for (const node of inOrder(nodes, context.operands)) runNode(node, translation, context);
  const about = { name: "model", inputShape, fileLayout: LAYOUT, classes } as const;
  const network = builder.finish(outputValues(context), about);
  takeLooseTensors(tensors, context);
  return network;
}

/** How many images the file is for; null where it leaves that open. */
function batchOf(nodes: readonly TfNode[]): number | null {
  const input = nodes.find(({ op }) => op === "Placeholder");
  return input?.attributes.shape("shape")?.[0] ?? null;
}

function addInput(nodes: readonly TfNode[], context: TfContext): Shape {
  const { builder, operands } = context;
  const [input, ...others] = nodes.filter(({ op }) => op === "Placeholder");
  if (!input) throw builder.fail("modelTopology", "it has no input (Placeholder)", DAMAGED);
  for (const { name, op } of others) {
    const why = "only networks with one input are supported";
    operands.set(name, valueOperand(builder.unsupported(printable(name), op, why), LAYOUT));
  }
  const sides = input.attributes.shape("shape")?.slice(1);
  const layout = sides?.length === 2 ? layoutOfTwo(input.name, context) : LAYOUT;
  const shape = ourShape(sides, layout);
  const value = shape
    ? builder.input(input.name, shape)
    : builder.unsupported(
        printable(input.name),
        input.op,
        "its shape must be [batch, height, width, channels], [batch, length, channels] or [batch, features]",
      );
  operands.set(input.name, valueOperand(value, layout));
  return shape ?? [];
}

function ourShape(sides: Shape = [], layout: Layout): Shape | undefined {
  if (sides.length === 1) return sides;
  if (sides.length === 2 && isOfTwo(layout)) return mapOfTwo(sides, layout);
  return sides.length === 3 ? mapShape(sides, LAYOUT) : undefined;
}

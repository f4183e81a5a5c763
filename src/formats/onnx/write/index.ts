import { type Fail, failing, messageOf } from "../../errors.ts";
import { decomposed } from "../../graph/decompose.ts";
import type { NetworkGraph, Shape } from "../../graph/network_graph.ts";
import { inferShapes } from "../../graph/shapes.ts";
import { encodeModel } from "./encode.ts";
import { OnnxGraphWriter, type WeightsToWrite } from "./graph.ts";
import { LACKING, writeNode } from "./rules.ts";

/** Old enough for every reader in use, new enough for all that is needed. */
const OPSET = 13;

/**
 * Writes a network with its weights as an ONNX model for inference, of opset 13.
 *
 * @param weights in PyTorch's layout, by the names that the graph gives; they are stored as float32.
 * @param metadata texts for `metadata_props`, beside the class names.
 * @returns the file's bytes.
 * @throws WeightFileError when a tensor is missing or the layers don't fit each other.
 */
export function writeOnnx(
  graph: NetworkGraph,
  weights: WeightsToWrite,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const fail = failing("the file to write", "onnx");
  const simple = decomposed(graph, LACKING);
  const shapes = shapesOf(simple, fail);
  const writer = new OnnxGraphWriter(weights, shapes, fail);
  for (const node of simple.nodes) writeNode(node, writer);
  const value = (name: string) => ({ name, shape: withBatch(shapes.get(name) ?? []) });
  const { classes, nodes, outputs, name = "model" } = simple;
  return encodeModel({
    name,
    opset: OPSET,
    metadata: { ...(classes && { classes: JSON.stringify(classes) }), ...metadata },
    nodes: writer.nodes,
    initializers: writer.initializers,
    inputs: nodes.filter(({ op }) => op === "input").map((node) => value(node.name)),
    outputs: outputs.map(value),
  });
}

function shapesOf(graph: NetworkGraph, fail: Fail): Map<string, Shape> {
  try {
    return inferShapes(graph);
  } catch (error) {
    throw fail("architecture", messageOf(error));
  }
}

function withBatch(shape: Shape): (number | string)[] {
  const names = ["channels", "height", "width"];
  return ["batch", ...shape.map((side, axis) => side ?? names[axis] ?? "size")];
}

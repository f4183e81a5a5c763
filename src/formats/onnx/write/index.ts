import { PbfWriter } from "pbf";
import { failing } from "../../errors.ts";
import { decomposed } from "../../graph/decompose.ts";
import type { NetworkGraph, Shape } from "../../graph/network_graph.ts";
import { shapesOf, type WeightsToWrite } from "../../graph/writing.ts";
import { textRecord } from "../../json.ts";
import { type MessageToWrite, writeMessage } from "../fields.ts";
import { MODEL, type VALUE } from "../schema.ts";
import { OnnxGraphWriter } from "./graph.ts";
import { LACKING, writeNode } from "./rules.ts";

/** Old enough for every reader in use, new enough for all that is needed. */
const OPSET = 13;

/** Version of the format that goes with it. */
const IR_VERSION = 7;

/**
 * Writes a network with its weights as an ONNX model for inference, of opset 13.
 *
 * @param weights in PyTorch's layout, by the names that the graph gives; stored as their `dtype` says, float32, float16 or int8.
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
  const graphWriter = new OnnxGraphWriter(simple, weights, shapes, fail);
  for (const node of simple.nodes) writeNode(node, graphWriter);
  const { nodes, initializers } = graphWriter;
  const value = (name: string) => valueInfo(name, shapes.get(name) ?? []);
  const { classes, outputs, name = "model" } = simple;
  const texts = { ...(classes && { classes: JSON.stringify(classes) }), ...metadata };
  // Room for everything at once: growing would copy hundreds of megabytes several times.
  const size = initializers.reduce((sum, { raw }) => sum + (raw?.length ?? 0) + 256, 2 ** 20);
  const writer = new PbfWriter(new Uint8Array(size));
  const inputs = simple.nodes.filter(({ op }) => op === "input").map((node) => value(node.name));
  const model: MessageToWrite<typeof MODEL> = {
    irVersion: IR_VERSION,
    producer: "graft",
    graph: { nodes, name, initializers, inputs, outputs: outputs.map(value) },
    opsets: [{ domain: "", version: OPSET }],
    metadata: entriesOf(texts),
  };
  writeMessage(MODEL, model, writer);
  return writer.finish();
}

function entriesOf(texts: Readonly<Record<string, string>>) {
  const own = textRecord(texts);
  return Object.entries(own).map(([key, value]) => ({ key, value }));
}

/** An input or output of float32. The batch, and sides that are left open, have names for lengths. */
function valueInfo(name: string, shape: Shape): MessageToWrite<typeof VALUE> {
  const names = ["channels", "height", "width"];
  const sides = shape.map((length, axis) =>
    length === null ? { name: names[axis] ?? "size" } : { length },
  );
  return {
    name,
    type: { tensor: { elements: 1, shape: { sides: [{ name: "batch" }, ...sides] } } },
  };
}

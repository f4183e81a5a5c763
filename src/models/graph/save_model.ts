import { checkOptions } from "../../base/index.ts";
import type { GraphNode, NetworkGraph, TensorToWrite } from "../../formats/index.ts";
import { inferShapes, saveBytes, writeKerasH5, writeOnnx, writeTfjs } from "../../formats/index.ts";
import type { Module } from "../../nn/index.ts";
import { platform } from "../../platform/index.ts";
import type { TracedModel } from "./trace/graph_writer.ts";
import { traceModel } from "./trace/trace_model.ts";

/** How a file is to differ from the model. */
export interface ExportOptions {
  /** Ends the network with a softmax over its classes. `loadNetwork` and `fromArchitecture` take it away again. Default false. */
  probabilities?: boolean;
  /**
   * What kernels and matrices are stored as; all else stays float32. "f16" is half the size; "i8" a quarter: one scale for each
   * row (ONNX) or tensor (TF.js). Keras has no 8 bits. What it costs shows `evaluate` on the file, loaded again. Default "f32".
   */
  dtype?: "f32" | "f16" | "i8";
}

export interface SaveModelOptions extends ExportOptions {
  /** Node: also write the file here (TF.js: the folder, made where it isn't there yet), as one step a file. */
  path?: string;
  /** Shape of one image, [C, H, W]. The model's own `inputShape` where left out. */
  inputShape?: readonly number[];
  /** Class names, kept in the file. */
  classes?: readonly string[];
  /** Texts kept in the file under these keys: `WeightFile.metadata` gives them back. */
  metadata?: Readonly<Record<string, string>>;
}

const KNOWN = ["path", "inputShape", "classes", "metadata", "probabilities", "dtype"];

/**
 * Saves a model with its architecture and weights as a Keras `.h5` file.
 *
 * @returns the file's bytes.
 * @throws Error listing what Keras has no layer for; WeightFileError when it can't be written.
 */
export async function saveKerasH5(
  model: Module,
  options: SaveModelOptions | string = {},
): Promise<Uint8Array> {
  const { path, graph, weights, metadata } = await prepare("saveKerasH5", model, options);
  const bytes = writeKerasH5(graph, weights, metadata);
  if (path !== undefined) await saveBytes(bytes, path);
  return bytes;
}

/**
 * Saves a model with its architecture and weights as an ONNX model for inference (opset 13). Its
 * input is [batch, C, H, W] with an open batch; class names are kept as the metadata `classes`, a
 * JSON list.
 *
 * @returns the file's bytes.
 * @throws Error listing what ONNX has no operator for; WeightFileError when it can't be written.
 */
export async function saveOnnx(
  model: Module,
  options: SaveModelOptions | string = {},
): Promise<Uint8Array> {
  const { path, graph, weights, metadata } = await prepare("saveOnnx", model, options);
  const bytes = writeOnnx(graph, weights, metadata);
  if (path !== undefined) await saveBytes(bytes, path);
  return bytes;
}

/**
 * Saves a model with its architecture and weights as a TensorFlow.js layers model.
 *
 * @returns the files by name; "model.json" is the one to load.
 */
export async function saveTfjs(
  model: Module,
  options: SaveModelOptions | string = {},
): Promise<Record<string, Uint8Array>> {
  const { path, graph, weights, metadata } = await prepare("saveTfjs", model, options);
  const files = writeTfjs(graph, weights, metadata);
  if (path !== undefined) {
    await platform().disk?.makeFolder(path);
    // The manifest last: whoever finds it finds its shards too.
    const names = Object.keys(files).sort(
      (a, b) => Number(a.endsWith(".json")) - Number(b.endsWith(".json")),
    );
    for (const name of names) await saveBytes(files[name], `${path}/${name}`);
  }
  return files;
}

async function prepare(where: string, model: Module, given: SaveModelOptions | string) {
  const options = typeof given === "string" ? { path: given } : given;
  checkOptions(where, options, KNOWN);
  const { path, metadata } = options;
  return { path, metadata, ...(await tracedForWriting(model, options)) };
}

/** Names of kernels with one side, which are those of maps of one row in the graph. */
function signalKernels({ graph, weights }: TracedModel): ReadonlySet<string> {
  const kernels = graph.nodes.flatMap(({ op, weights: { weight } }) =>
    op === "conv2d" && weight !== undefined && weights.get(weight)?.ndim === 3 ? [weight] : [],
  );
  return new Set(kernels);
}

/** The graph of a model, and its tensors as writers take them. */
export async function tracedForWriting(
  model: Module,
  {
    inputShape,
    classes,
    probabilities = false,
    dtype = "f32",
  }: Pick<SaveModelOptions, "inputShape" | "classes" | keyof ExportOptions>,
) {
  if (!["f32", "f16", "i8"].includes(dtype))
    throw new TypeError(`dtype is "${dtype}"; networks are written as "f32", "f16" or "i8"`);
  const traced = traceModel(model, inputShape, classes);
  await traced.readConstants();
  const large = kernelsAndMatrices(traced);
  const weights = new Map<string, TensorToWrite>();
  const ofSignals = signalKernels(traced);
  for (const [name, tensor] of traced.weights) {
    const shape = ofSignals.has(name) ? tensor.shape.toSpliced(2, 0, 1) : tensor.shape;
    const stored = large.has(name) ? dtype : "f32";
    weights.set(name, { name, shape, dtype: stored, data: await tensor.data() });
  }
  return { graph: probabilities ? withSoftmax(traced.graph) : traced.graph, weights };
}

/** Names of those that are nearly all of a file. */
function kernelsAndMatrices({ graph: { nodes } }: TracedModel): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ op, weights: { weight } }) =>
      weight !== undefined && ["conv2d", "convTranspose2d", "linear"].includes(op) ? [weight] : [],
    ),
  );
}

/** The network with probabilities in place of what it gives; as it is where it gives them already. */
function withSoftmax(graph: NetworkGraph): NetworkGraph {
  const [output] = graph.outputs;
  const last = graph.nodes.find(({ name }) => name === output);
  if (last?.op === "softmax") return graph;
  const shape = inferShapes(graph).get(output);
  if (shape?.length !== 1)
    throw new Error(
      `probabilities are of classes, [N, classes], and the network gives [N, ${shape?.join(", ")}]`,
    );
  const taken = new Set(graph.nodes.map(({ name }) => name));
  let name = "probabilities";
  while (taken.has(name)) name += "_";
  const node: GraphNode = { name, op: "softmax", inputs: [output], attrs: {}, weights: {} };
  return { ...graph, nodes: [...graph.nodes, node], outputs: [name] };
}

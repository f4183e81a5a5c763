import { checkOptions } from "../../base/index.ts";
import type { TensorToWrite } from "../../formats/index.ts";
import { saveBytes, writeKerasH5, writeOnnx, writeTfjs } from "../../formats/index.ts";
import type { Module } from "../../nn/index.ts";
import { platform } from "../../platform/index.ts";
import type { TracedModel } from "./trace/graph_writer.ts";
import { traceModel } from "./trace/trace_model.ts";

export interface SaveModelOptions {
  /** Node: also write the file here (TF.js: the folder, made where it isn't there yet), as one step a file. */
  path?: string;
  /** Shape of one image, [C, H, W]. The model's own `inputShape` where left out. */
  inputShape?: readonly number[];
  /** Class names, kept in the file. */
  classes?: readonly string[];
  /** Texts kept in the file under these keys: `WeightFile.metadata` gives them back. */
  metadata?: Readonly<Record<string, string>>;
}

const KNOWN = ["path", "inputShape", "classes", "metadata"];

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
  const { path, metadata, inputShape, classes } = options;
  return { path, metadata, ...(await tracedForWriting(model, inputShape, classes)) };
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
  inputShape: readonly number[] | undefined,
  classes: readonly string[] | undefined,
) {
  const traced = traceModel(model, inputShape, classes);
  await traced.readConstants();
  const weights = new Map<string, TensorToWrite>();
  const ofSignals = signalKernels(traced);
  for (const [name, tensor] of traced.weights) {
    const shape = ofSignals.has(name) ? tensor.shape.toSpliced(2, 0, 1) : tensor.shape;
    weights.set(name, { name, shape, dtype: "f32", data: await tensor.data() });
  }
  return { graph: traced.graph, weights };
}

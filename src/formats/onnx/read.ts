import { DAMAGED, type Fail, failing, tensorNamed } from "../errors.ts";
import { NetworkBuilder } from "../graph/builder.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import type { Bytes } from "../sources/ranges.ts";
import type { WeightFile, WeightTensor } from "../types.ts";
import { convertGraph } from "./graph/convert.ts";
import { type OnnxGraph, type OnnxTensor, readModel } from "./messages.ts";
import { type ExternalFiles, readExternalFiles, tensorOf } from "./tensors.ts";

/**
 * Reads an ONNX model: its tensors and, where Graft has all the operators, its network.
 *
 * @param source leads to the files beside it that hold tensors too large for the model itself.
 * @throws WeightFileError naming what is wrong and where.
 */
export async function readOnnx(bytes: Bytes, source: ByteSource): Promise<WeightFile> {
  const fail = failing(source.name, "onnx");
  const model = readModel(bytes, fail);
  const { graph } = model;
  if (!graph) throw fail("model", "it has no graph", DAMAGED);
  const files = await readExternalFiles(tensorsOf(graph), source, fail);
  const initializers = readInitializers(graph, files, fail);
  const builder = new NetworkBuilder(fail);
  const readTensor = (tensor: OnnxTensor) => tensorOf(tensor, files, fail);
  const network = convertGraph({ model, graph, initializers, readTensor }, builder);
  takeLooseTensors(initializers, network.taken, builder);
  const { metadata } = model;
  if (model.producer) metadata.producer_name = model.producer;
  const classes = classNames(metadata);
  return {
    format: "onnx",
    tensors: builder.tensors,
    metadata,
    graph: network.graph && { ...network.graph, classes },
    graphError: network.graphError,
    notes: builder.notes,
  };
}

/** The graph's tensors and those of its constant nodes. */
function tensorsOf({ initializers, nodes }: OnnxGraph): OnnxTensor[] {
  const inNodes = nodes.flatMap(({ attributes }) =>
    [...attributes.values()].flatMap(({ tensor }) => tensor ?? []),
  );
  return [...initializers, ...inNodes];
}

function readInitializers(
  { initializers }: OnnxGraph,
  files: ExternalFiles,
  fail: Fail,
): Map<string, WeightTensor> {
  const tensors = new Map<string, WeightTensor>();
  for (const initializer of initializers) {
    if (tensors.has(initializer.name)) {
      throw fail(tensorNamed(initializer.name), "two tensors of the graph have this name", DAMAGED);
    }
    tensors.set(initializer.name, tensorOf(initializer, files, fail));
  }
  return tensors;
}

/** Weights of layers that can't be built, under their own names. Integers are shapes and the like. */
function takeLooseTensors(
  initializers: ReadonlyMap<string, WeightTensor>,
  taken: ReadonlySet<string>,
  builder: NetworkBuilder,
): void {
  for (const [name, tensor] of initializers) {
    const isWeight = /^(f|bf|other)/.test(tensor.dtype) && tensor.shape.length > 0;
    if (taken.has(name) || !isWeight || builder.tensors.has(name)) continue;
    builder.tensors.set(name, tensor);
  }
}

/** Class names, as Graft and some exporters keep them: a JSON list. */
function classNames(metadata: Readonly<Record<string, string>>): readonly string[] | undefined {
  const text = metadata.classes ?? metadata.class_names ?? metadata.names;
  if (text === undefined) return undefined;
  try {
    const names: unknown = JSON.parse(text);
    const areNames = Array.isArray(names) && names.every((name) => typeof name === "string");
    return areNames ? names : undefined;
  } catch {
    return undefined;
  }
}

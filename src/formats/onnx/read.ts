import { DAMAGED, type Fail, failing, tensorNamed } from "../errors.ts";
import type { GivenLayers } from "../graph/given_layers.ts";
import { mapsOrAny } from "../graph/plain/reading.ts";
import { classNamesIn, textRecord } from "../json.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import type { Bytes } from "../sources/ranges.ts";
import type { WeightFile, WeightTensor } from "../types.ts";
import { readMessage } from "./fields.ts";
import { convertGraph, type GraphSource } from "./graph/convert.ts";
import { MODEL, type OnnxGraph, type OnnxModel, type OnnxTensor } from "./schema.ts";
import { type ExternalFiles, readExternalFiles, tensorOf } from "./tensors.ts";

/**
 * Reads an ONNX model: its tensors and, where Graft has all the operators, its network.
 *
 * @param source leads to the files beside it that hold tensors too large for the model itself.
 * @throws WeightFileError naming what is wrong and where.
 */
export async function readOnnx(bytes: Bytes, source: ByteSource): Promise<WeightFile> {
  const fail = failing(source.name, "onnx");
  const model = readMessage(MODEL, bytes, fail);
  const { graph } = model;
  if (!graph) throw fail("model", "it has no graph", DAMAGED);
  const files = await readExternalFiles(tensorsOf(graph), source, fail);
  const readTensor = (tensor: OnnxTensor) => tensorOf(tensor, files, fail);
  const initializers = readInitializers(graph, files, fail);
  const metadata = metadataOf(model);
  // As Graft and some exporters keep them.
  const classes = classNamesIn(metadata.classes ?? metadata.class_names ?? metadata.names);
  const opset = opsetOf(model);
  const readWith = (given?: GivenLayers): WeightFile => {
    const source: GraphSource = { graph, opset, initializers, readTensor, classes };
    const { builder, ...network } = mapsOrAny(fail, given, (axes, own) =>
      convertGraph(source, own, axes),
    );
    const { tensors, notes } = builder;
    return { format: "onnx", ...network, tensors, metadata, notes, readWith };
  };
  return readWith();
}

/** The version of the plain operators; 0 where the file doesn't say. */
function opsetOf({ opsets }: OnnxModel): number {
  const plain = opsets.filter(({ domain }) => domain === "" || domain === "ai.onnx").at(-1);
  return plain ? plain.version || 1 : 0;
}

function metadataOf({ metadata, producer }: OnnxModel): Record<string, string> {
  const texts = textRecord();
  for (const { key, value } of metadata) texts[key] = value;
  if (producer) texts.producer_name = producer;
  return texts;
}

/** The graph's tensors and those of its constant nodes. */
function tensorsOf({ initializers, nodes }: OnnxGraph): OnnxTensor[] {
  const inNodes = nodes.flatMap(({ attributes }) =>
    attributes.flatMap(({ tensor }) => tensor ?? []),
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

import { DAMAGED, type Fail, failing } from "../errors.ts";
import { NetworkBuilder } from "../graph/builder.ts";
import {
  decodeUtf8,
  isJsonObject,
  type JsonObject,
  ownValue,
  parseJson,
  parseJsonObject,
} from "../json.ts";
import { convertModel } from "../keras/config/convert.ts";
import { parseModel } from "../keras/config/model.ts";
import { takeLooseTensors } from "../keras/loose.ts";
import { namedWeights } from "../keras/named_weights.ts";
import type { ByteSource } from "../sources/byte_source.ts";
import { type Bytes, wholeOf } from "../sources/ranges.ts";
import type { WeightFile, WeightTensor } from "../types.ts";
import { convertTfGraph } from "./graph/convert.ts";
import { parseManifest } from "./manifest.ts";
import { classNames, metadataOf } from "./metadata.ts";
import { readShards } from "./shards.ts";

/**
 * Reads a TensorFlow.js model: a layers model or a graph model, also a quantised one.
 *
 * @param bytes of `model.json`, or of a list of weights without a network (face-api.js); the shards are fetched from
 *   beside it.
 * @throws WeightFileError naming what is wrong and where.
 */
export async function readTfjs(bytes: Bytes, source: ByteSource): Promise<WeightFile> {
  const unknown = failing(source.name, "unknown");
  const json = manifestOf(decodeUtf8(wholeOf(bytes), "model.json", unknown), unknown);
  const topology = ownValue(json, "modelTopology");
  const isGraph = isJsonObject(topology) && Array.isArray(ownValue(topology, "node"));
  const fail = failing(source.name, isGraph ? "tfjs-graph" : "tfjs-layers");
  const tensors = await readShards(parseManifest(json, fail), source, fail);
  const metadata = metadataOf(json);
  if (!isGraph) return { metadata, ...readLayers(json, topology, tensors, fail) };
  return { metadata, ...readGraph(json, topology, tensors, fail) };
}

/** A list is a manifest alone: face-api.js's "…-weights_manifest.json". */
function manifestOf(text: string, fail: Fail): JsonObject {
  const json = parseJson(text, "model.json", fail);
  if (Array.isArray(json)) return { weightsManifest: json };
  if (isJsonObject(json)) return json;
  throw fail("model.json", "it isn't a JSON object", DAMAGED);
}

function readGraph(
  json: JsonObject,
  topology: JsonObject,
  tensors: readonly WeightTensor[],
  fail: Fail,
): Omit<WeightFile, "metadata"> {
  const builder = new NetworkBuilder(fail);
  const nodes = ownValue(topology, "node");
  const signature = ownValue(json, "signature") ?? ownValue(topology, "signature");
  const source = { nodes: Array.isArray(nodes) ? nodes : [], tensors, signature };
  const network = convertTfGraph(source, builder);
  for (const tensor of tensors) {
    const isWeight = (tensor.dtype === "f32" || tensor.dtype === "f16") && tensor.shape.length > 0;
    if (network.taken.has(tensor.name) || !isWeight || builder.tensors.has(tensor.name)) continue;
    builder.tensors.set(tensor.name, tensor);
  }
  return {
    format: "tfjs-graph",
    tensors: builder.tensors,
    graph: network.graph && { ...network.graph, classes: classNames(json) },
    graphError: network.graphError,
    notes: builder.notes,
  };
}

function readLayers(
  json: JsonObject,
  topology: unknown,
  tensors: readonly WeightTensor[],
  fail: Fail,
): Omit<WeightFile, "metadata"> {
  const builder = new NetworkBuilder(fail);
  const weights = namedWeights(tensors.map((tensor) => ({ path: tensor.name, tensor })));
  const config = isJsonObject(topology) ? configOf(topology, fail) : undefined;
  const model = config && parseModel(config, fail);
  const isKeras3 = isJsonObject(topology) && /^3/.test(String(ownValue(topology, "keras_version")));
  const network = model && convertModel(model, { builder, weights, isKeras3 });
  takeLooseTensors(weights, network?.taken ?? new Set(), builder);
  if (!model) builder.notes.push("The file holds weights, and no network that can be read.");
  return {
    format: "tfjs-layers",
    tensors: builder.tensors,
    graph: network?.graph && { ...network.graph, classes: classNames(json) },
    graphError: network?.graphError,
    notes: builder.notes,
  };
}

/** Converted files hold the configuration in `model_config`, TF.js's own are the configuration. */
function configOf(topology: JsonObject, fail: Fail): JsonObject {
  const config = ownValue(topology, "model_config") ?? topology;
  if (typeof config === "string") return parseJsonObject(config, "model_config", fail);
  if (isJsonObject(config)) return config;
  throw fail("model_config", "it isn't a JSON object", DAMAGED);
}

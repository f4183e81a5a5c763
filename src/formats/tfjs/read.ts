import { DAMAGED, type Fail, failing } from "../errors.ts";
import { NetworkBuilder } from "../graph/builder.ts";
import type { GivenLayers } from "../graph/given_layers.ts";
import { mapsOrAny, type ReadNetwork } from "../graph/plain/reading.ts";
import {
  decodeUtf8,
  isJsonObject,
  type JsonObject,
  ownValue,
  parseJson,
  parseJsonObject,
} from "../json.ts";
import { namedWeights } from "../keras/named_weights.ts";
import { readNetwork } from "../keras/network.ts";
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
  const nodes = ownValue(topology, "node");
  const isGraph = Array.isArray(nodes);
  const fail = failing(source.name, isGraph ? "tfjs-graph" : "tfjs-layers");
  const tensors = await readShards(parseManifest(json, fail), source, fail);
  const classes = classNames(json);
  const signature = ownValue(json, "signature") ?? ownValue(topology, "signature");
  const readWith = (given?: GivenLayers): WeightFile => {
    const { builder, ...network } = isGraph
      ? mapsOrAny(fail, given, (axes, own) =>
          convertTfGraph({ nodes, tensors, signature, classes }, own, axes),
        )
      : readLayers(topology, tensors, classes, new NetworkBuilder(fail, given));
    return {
      format: isGraph ? "tfjs-graph" : "tfjs-layers",
      ...network,
      tensors: builder.tensors,
      metadata: metadataOf(json),
      notes: builder.notes,
      readWith,
    };
  };
  return readWith();
}

/** A list is a manifest alone: face-api.js's "…-weights_manifest.json". */
function manifestOf(text: string, fail: Fail): JsonObject {
  const json = parseJson(text, "model.json", fail);
  if (Array.isArray(json)) return { weightsManifest: json };
  if (isJsonObject(json)) return json;
  throw fail("model.json", "it isn't a JSON object", DAMAGED);
}

function readLayers(
  topology: unknown,
  tensors: readonly WeightTensor[],
  classes: readonly string[] | undefined,
  builder: NetworkBuilder,
): ReadNetwork {
  const config = isJsonObject(topology) ? configOf(topology, builder.fail) : undefined;
  const weights = namedWeights(tensors.map((tensor) => ({ path: tensor.name, tensor })));
  const isKeras3 = /^3/.test(String(ownValue(topology, "keras_version")));
  if (!config) builder.notes.push("The file holds weights, and no network that can be read.");
  return { ...readNetwork({ config, weights, isKeras3, classes }, builder), builder };
}

/** Converted files hold the configuration in `model_config`, TF.js's own are the configuration. */
function configOf(topology: JsonObject, fail: Fail): JsonObject {
  const config = ownValue(topology, "model_config") ?? topology;
  if (typeof config === "string") return parseJsonObject(config, "model_config", fail);
  if (isJsonObject(config)) return config;
  throw fail("model_config", "it isn't a JSON object", DAMAGED);
}

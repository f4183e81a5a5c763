import { halfFromFloats, sizeOf } from "../../base/index.ts";
import { bytesOf } from "../elements/dtypes.ts";
import { failing } from "../errors.ts";
import type { NetworkGraph } from "../graph/network_graph.ts";
import type { WeightsToWrite } from "../graph/writing.ts";
import { modelConfig, type PlannedWeight } from "../keras/write/plan.ts";
import { planModel } from "../keras/write/plan_model.ts";

/**
 * Writes a network with its weights as a TensorFlow.js layers model.
 *
 * @param weights in PyTorch's layout, by the names that the graph gives; stored as their `dtype` says, float32, float16 or 8 bits.
 * @param metadata texts for `userDefinedMetadata`, beside the class names.
 * @param stem what the files' names begin with, so that two models can lie in one folder.
 * @returns the files to be put side by side, by name: the first, "model.json", is the one to load.
 * @throws WeightFileError listing every layer that TF.js doesn't have.
 */
export function writeTfjs(
  graph: NetworkGraph,
  weights: WeightsToWrite,
  metadata: Readonly<Record<string, string>> = {},
  stem = "model",
): Record<string, Uint8Array> {
  const shardName = `${stem === "model" ? "" : `${stem}.`}group1-shard1of1.bin`;
  const fail = failing("the files to write", "tfjs-layers");
  const plan = planModel(graph, weights, {
    fail,
    hasGroups: false,
    mixesHalfPixels: false,
    lacks: ["elu"],
  });
  const tensors = plan.layers.flatMap(({ name, weights: own }) =>
    own.map((weight) => ({ ...weight, name: `${name}/${weight.role}` })),
  );
  const stored = tensors.map(storedTensor);
  const about = { ...(plan.classes && { classes: plan.classes }), ...metadata };
  const json = {
    format: "layers-model",
    generatedBy: "graft",
    convertedBy: null,
    modelTopology: {
      keras_version: "2.11.0",
      backend: "tensorflow",
      model_config: modelConfig(plan),
    },
    ...(Object.keys(about).length > 0 && { userDefinedMetadata: about }),
    weightsManifest: [
      {
        paths: [shardName],
        weights: stored.map(({ about }) => about),
      },
    ],
  };
  const shard = new Uint8Array(stored.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of stored) {
    shard.set(bytes, at);
    at += bytes.length;
  }
  const description = new TextEncoder().encode(JSON.stringify(json));
  return { [`${stem}.json`]: description, [shardName]: shard };
}

/** A tensor's entry in the manifest and its bytes. Of 8 bits it has one scale, and a least value: TF.js knows no rows. */
function storedTensor({ name, shape, fill, dtype }: PlannedWeight & { readonly name: string }) {
  const values = new Float32Array(sizeOf(shape));
  fill(values);
  const about = { name, shape, dtype: "float32" };
  if (dtype === "f16") {
    const quantization = { dtype: "float16", original_dtype: "float32" };
    return { about: { ...about, quantization }, bytes: bytesOf(halfFromFloats(values)) };
  }
  if (dtype !== "i8") return { about, bytes: bytesOf(values) };
  const least = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  const scale = (most - least) / 255 || 1;
  const min = Math.round(least / scale) * scale; // 0 stays 0
  const bytes = Uint8Array.from(values, (value) =>
    Math.max(0, Math.min(255, Math.round((value - min) / scale))),
  );
  const quantization = { dtype: "uint8", scale, min, original_dtype: "float32" };
  return { about: { ...about, quantization }, bytes };
}

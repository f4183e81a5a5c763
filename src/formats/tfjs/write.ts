import { sizeOf } from "../../base/index.ts";
import { bytesOf } from "../elements/dtypes.ts";
import { failing } from "../errors.ts";
import type { NetworkGraph } from "../graph/network_graph.ts";
import type { WeightsToWrite } from "../graph/writing.ts";
import { modelConfig } from "../keras/write/plan.ts";
import { planModel } from "../keras/write/plan_model.ts";

/**
 * Writes a network with its weights as a TensorFlow.js layers model.
 *
 * @param weights in PyTorch's layout, by the names that the graph gives; they are stored as float32.
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
        weights: tensors.map(({ name, shape }) => ({ name, shape, dtype: "float32" })),
      },
    ],
  };
  const counts = tensors.map(({ shape }) => sizeOf(shape));
  const shard = new Float32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  tensors.forEach(({ fill }, i) => {
    fill(shard.subarray(at, at + counts[i]));
    at += counts[i];
  });
  const description = new TextEncoder().encode(JSON.stringify(json));
  return { [`${stem}.json`]: description, [shardName]: bytesOf(shard) };
}

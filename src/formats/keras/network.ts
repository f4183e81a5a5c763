import type { BuiltNetwork, NetworkBuilder } from "../graph/builder.ts";
import type { JsonObject } from "../json.ts";
import { convertModel } from "./config/convert.ts";
import { parseModel } from "./config/model.ts";
import { takeLooseTensors } from "./loose.ts";
import type { KerasWeights } from "./weights.ts";

/** What a file of Keras or TF.js holds. */
export interface KerasContents {
  /** The configuration of its model, where it has one. */
  readonly config?: JsonObject;
  readonly weights: KerasWeights;
  readonly isKeras3: boolean;
  readonly classes?: readonly string[];
}

/**
 * Puts the network together that a file describes, if it does, and takes all its tensors.
 *
 * @throws the builder's error when something doesn't fit.
 */
export function readNetwork(contents: KerasContents, builder: NetworkBuilder): BuiltNetwork {
  const { config, weights } = contents;
  const model = config && parseModel(config, builder.fail);
  const { taken, ...network } = model
    ? convertModel(model, { ...contents, builder })
    : { taken: new Set<string>() };
  takeLooseTensors(weights, taken, builder);
  if (config && !model) {
    builder.notes.push("The model is of a class of its own, which the file doesn't describe.");
  }
  return network;
}

import type { WeightFile } from "../formats/index.ts";
import type { Module } from "../nn/index.ts";
import { builtinNetwork } from "./builtin.ts";
import { UsageError } from "./errors.ts";
import type { NetworkInfo } from "./info.ts";
import { readLabels } from "./labels.ts";
import { createNetwork, loadAll } from "./network.ts";
import type { Output } from "./output.ts";
import {
  type PlanOptions,
  type Pretrained,
  planArchitecture,
  planNetwork,
  planSize,
  shapesOfRank,
} from "./plan.ts";
import { openWeights } from "./weights.ts";

export interface SavedOptions extends PlanOptions {
  readonly weights?: string;
  /** Class names for a file that doesn't know them. */
  readonly classes?: readonly string[];
  /** The same from a file. */
  readonly labels?: string;
}

/** A finished network: what it is, and how to make it once there is a device. */
export interface SavedNetwork {
  readonly info: NetworkInfo;
  readonly create: () => Module;
}

/** Opens a file that is to be used as it is: the one given, or the built-in network. */
export async function openSaved(options: SavedOptions, output: Output): Promise<SavedNetwork> {
  const { weights } = options;
  const opened =
    weights === undefined ? await builtinNetwork() : await openWeights(weights, output);
  const classes = options.labels === undefined ? options.classes : readLabels(options.labels);
  const info = describeNetwork({ ...options, classes }, opened);
  const { size, channels } = info.input;
  output.line(
    `Network: ${opened.path}, ${info.architecture}, ${info.classes.length} classes, input ${channels}×${size}×${size}`,
  );
  const create = () => {
    const model = createNetwork(info);
    loadAll(model, opened.file, opened.path);
    return model;
  };
  return { info, create };
}

/** What the command line says, what the file says about itself, and else what it looks like. */
export function describeNetwork(options: SavedOptions, opened: Pretrained): NetworkInfo {
  const { info: saved, file, path, entry } = opened;
  if (entry?.numClasses === 0) {
    throw new UsageError(`${path}: weights without a classifier; fine-tune a network with them`);
  }
  const architecture = planArchitecture(options, opened);
  const outputs = saved?.classes.length ?? outputsOf(file);
  const unnamed = Array.from({ length: outputs }, (_, i) => `class ${i}`);
  const classes = options.classes ?? saved?.classes ?? unnamed;
  if (classes.length !== outputs) {
    throw new UsageError(`--classes: ${classes.length} names, but ${path} has ${outputs} outputs`);
  }
  const size = planSize(architecture, options, opened, null);
  const planned = planNetwork(options, opened, { channels: 3 }, size, classes);
  const top = saved?.top ?? (architecture.hidden.length > 0 ? planned.top : "own");
  return { ...planned, top };
}

/** Outputs of the last layer: the last linear one, or the last convolution where there is none. */
function outputsOf(file: WeightFile): number {
  const linear = shapesOfRank(file, 2).at(-1);
  const last = linear ?? shapesOfRank(file, 4).at(-1);
  if (!last) throw new Error("the file holds no layer: neither a linear one nor a convolution");
  return last[0];
}

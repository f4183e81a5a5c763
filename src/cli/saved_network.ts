import { existsSync } from "node:fs";
import { loadWeights, type WeightFile } from "../formats/index.ts";
import type { Module } from "../nn/index.ts";
import { builtinNetwork } from "./builtin.ts";
import { UsageError } from "./errors.ts";
import { linearShapes } from "./guess.ts";
import { type NetworkInfo, readInfo } from "./info.ts";
import { readLabels } from "./labels.ts";
import { createNetwork, loadAll } from "./network.ts";
import type { Output } from "./output.ts";
import {
  type PlanOptions,
  type Pretrained,
  planArchitecture,
  planNetwork,
  planSize,
} from "./plan.ts";

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
  const opened = await open(options.weights);
  const classes = options.labels === undefined ? options.classes : readLabels(options.labels);
  const named = { ...options, classes };
  const info = classes || !opened.info ? describeNetwork(named, opened) : opened.info;
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

async function open(path: string | undefined): Promise<Pretrained> {
  if (path === undefined) return builtinNetwork();
  if (!/^https?:/i.test(path) && !existsSync(path)) throw new UsageError(`${path}: no such file`);
  const file = await loadWeights(path);
  return { path, file, info: readInfo(file, path) };
}

/** Of a file from elsewhere: what the command line says, and what the file looks like. */
export function describeNetwork(options: SavedOptions, opened: Pretrained): NetworkInfo {
  const architecture = planArchitecture(options, opened);
  const outputs = outputsOf(opened.file);
  const classes = options.classes ?? Array.from({ length: outputs }, (_, i) => `class ${i}`);
  if (classes.length !== outputs) {
    throw new UsageError(
      `--classes: ${classes.length} names, but ${opened.path} has ${outputs} outputs`,
    );
  }
  const size = planSize(architecture, options, opened, null);
  const planned = planNetwork(options, opened, { channels: 3 }, size, classes);
  return architecture.hiddenLayers ? planned : { ...planned, top: "own" };
}

/** Outputs of the last layer: the last linear one, or the last convolution where there is none. */
function outputsOf(file: WeightFile): number {
  const linear = linearShapes(file).at(-1);
  const shapes = [...file.tensors.values()].map(({ shape }) => shape);
  const last = linear ?? shapes.filter(({ length }) => length === 4).at(-1);
  if (!last) throw new Error("the file holds no layer: neither a linear one nor a convolution");
  return last[0];
}

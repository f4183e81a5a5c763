import { outputsOf, type WeightFile, type WeightSource } from "../../formats/index.ts";
import type { Module } from "../../nn/index.ts";
import { assumedPixels, lastOutputs, type NetworkInfo } from "../../transfer/index.ts";
import { SettingError, WordedError } from "../errors.ts";
import type { NamingSettings, NetworkSettings } from "../settings/index.ts";
import type { Tell } from "../task.ts";
import { createNetwork, loadAll } from "./build.ts";
import { namesInFile } from "./labels.ts";
import { type Pretrained, planArchitecture, planNetwork, planSize } from "./plan.ts";
import { type OpeningEvent, openBuiltin, openWeights, withClassNames } from "./weights.ts";

/** Which network is used as it is, and what its file doesn't say. */
export interface SavedSettings extends NetworkSettings, NamingSettings {
  readonly weights?: WeightSource;
  /** How likely each of several labels must be to be given, from 0 to 1. Default: as the file says. */
  readonly threshold?: number;
}

/** A finished network: what it is, and how to make it once there is a device. */
export interface SavedNetwork {
  /** What messages call it. */
  readonly name: string;
  readonly info: NetworkInfo;
  readonly create: () => Module;
}

/** Opens a file that is to be used as it is: the one given, or the built-in network. */
export async function openSaved(
  settings: SavedSettings,
  builtin: WeightSource | undefined,
  tell: Tell<OpeningEvent>,
): Promise<SavedNetwork> {
  const given = await openGivenOr(builtin, settings.weights, tell);
  const opened = await named(given, settings, tell);
  const { threshold } = settings;
  const described = await describeNetwork(settings, opened);
  const thresholds =
    threshold === undefined ? described.thresholds : described.classes.map(() => threshold);
  const info = { ...described, thresholds };
  const message = pixelsAssumed(settings, opened, info);
  if (message) await tell({ type: "warning", message: `${message} ({inputConvention})` });
  const create = () => {
    const model = createNetwork(info);
    loadAll(model, opened.file, opened.name);
    return model;
  };
  return { name: opened.name, info, create };
}

/** What is assumed of how pixels become numbers; null where the settings or the file tell. */
export function pixelsAssumed(
  { inputConvention, mean, std }: NetworkSettings,
  { info: said, entry, file, name }: Pretrained,
  info: NetworkInfo,
): string | null {
  if (said || entry || inputConvention || mean || std) return null;
  const assumption = assumedPixels(file, info, info.input);
  return assumption && `${name}: ${assumption}`;
}

/** The weights that are given, or the built-in network's. */
export async function openGivenOr(
  builtin: WeightSource | undefined,
  given: WeightSource | undefined,
  tell: Tell<OpeningEvent>,
): Promise<Pretrained> {
  if (given !== undefined) return openWeights(given, tell);
  if (builtin !== undefined) return openBuiltin(builtin);
  throw new SettingError("{weights}: name the weights; there is no built-in network here");
}

/** The weights with the names of their classes, unless the settings name them. */
export async function named(
  opened: Pretrained,
  { classes, labels }: NamingSettings,
  tell: Tell<OpeningEvent>,
): Promise<Pretrained> {
  return classes || labels !== undefined ? opened : withClassNames(opened, tell);
}

/** What the settings say, what the file says about itself, and else what it looks like. */
export async function describeNetwork(
  settings: SavedSettings,
  opened: Pretrained,
): Promise<NetworkInfo> {
  const { info: saved, file, name, entry } = opened;
  if (entry?.numClasses === 0) {
    throw new SettingError(`${name}: weights without a classifier; fine-tune a network with them`);
  }
  const architecture = planArchitecture(settings, opened);
  const outputs = saved?.classes.length ?? outputsIn(file);
  const unnamed = Array.from({ length: outputs }, (_, i) => `class ${i}`);
  const described = file.graph?.classes?.length === outputs ? file.graph.classes : undefined;
  const { labels } = settings;
  const given = labels === undefined ? settings.classes : await namesInFile(labels);
  // In the form in which `imageFolder` has the names of class folders.
  const classes = (given ?? saved?.classes ?? described ?? unnamed).map((name) =>
    name.normalize("NFC"),
  );
  if (classes.length !== outputs) {
    throw new SettingError(
      `{${labels === undefined ? "classes" : "labels"}}: ${classes.length} names, but ${name} has ${outputs} outputs`,
    );
  }
  const size = planSize(architecture, settings, opened, null);
  const planned = planNetwork(settings, opened, { channels: 3 }, size, classes);
  const top = saved?.top ?? (architecture.hidden.length > 0 ? planned.top : "own");
  return { ...planned, top, thresholds: saved?.thresholds };
}

/** As the file describes it, or those of its last layer. */
function outputsIn(file: WeightFile): number {
  const outputs = (file.graph && outputsOf(file.graph)) || lastOutputs(file);
  if (outputs) return outputs;
  throw new WordedError("the file holds no layer: neither a linear one nor a convolution");
}

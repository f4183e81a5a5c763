import { type NetworkGraph, outputsOf, type WeightFile } from "../../formats/index.ts";
import {
  FROM_FILE,
  type InputConvention,
  type ModelSpec,
  modelSpecs,
  type Recognised,
  type Replacements,
  specOf,
} from "../../models/index.ts";
import type { Module } from "../../nn/index.ts";
import { cut } from "../cut.ts";
import { replaceHead } from "../replace_head.ts";
import {
  assumedPixels,
  identifyNetwork,
  lastOutputs,
  requireSpec,
  shapesOfRank,
} from "./identify.ts";
import { type NetworkInfo, type NetworkInput, networkInfoIn } from "./info.ts";

/** What a file's network is, before anything is built. */
export interface FileNetwork {
  /** Its name, or "from file". */
  readonly architecture: string;
  readonly input: NetworkInput;
  /** Empty where the file doesn't name them. */
  readonly classes: readonly string[];
  /** Of a network with several labels a picture. */
  readonly thresholds?: readonly number[];
  /** Its outputs, where they are known; 0 for features without a classifier. */
  readonly outputs: number | null;
  /** Makes it with fresh weights. Needs a device. */
  readonly build: () => Module;
  /** What had to be assumed, one sentence each. */
  readonly notes: readonly string[];
}

export interface FileNetworkOptions {
  /** Take it for this network, whatever the file says. */
  readonly arch?: string;
  /** Width multiplier, where `arch` is given. */
  readonly alpha?: number;
  /** How pictures are to be prepared, as far as it differs from what is known. */
  readonly input?: Partial<InputConvention>;
  readonly specs?: readonly ModelSpec[];
  /** Modules for layers that the user gives. */
  readonly replace?: Replacements;
}

/** A file's network, before it is told what had to be assumed. */
type Decision = Omit<FileNetwork, "notes">;

/**
 * What a file's network is: what was asked for, else what the file or its tensors tell.
 *
 * @throws Error when it can't be told, or is none for square images; WeightFileError when it is described with layers
 *   that can't be built.
 */
export function networkIn(
  file: WeightFile,
  from: string,
  options: FileNetworkOptions,
): FileNetwork {
  const { arch, specs = modelSpecs(), replace } = options;
  const info = arch === undefined ? networkInfoIn(file.metadata, from) : null;
  const found = arch === undefined ? identifyNetwork(file, from, info, { specs, replace }) : null;
  const graph = found?.graph;
  let decision: Decision;
  if (arch !== undefined) decision = asAsked(file, from, requireSpec(arch, from, specs), options);
  else if (found && info) decision = asSaved(info, found.spec);
  else if (found && graph) decision = asDescribed(graph, found.spec);
  else if (found?.recognised) decision = asRecognised(found.recognised, from);
  else {
    throw new Error(
      `${from}: it doesn't say which network it holds weights of, and its tensors don't tell; name it: { arch: "…" } ` +
        `with one of ${specs.map(({ name }) => name).join(", ")}, or build it and use ` +
        "transfer.loadPretrained(model, file)",
    );
  }
  const { architecture, input } = decision;
  const isKnown = info !== null || options.input !== undefined;
  const assumed = isKnown ? null : assumedPixels(file, { architecture, graph }, input, specs);
  return { ...decision, notes: assumed === null ? [] : [assumed] };
}

/** The network that a file was saved with. */
export function buildNetwork(
  { top, cut: last, alpha, input, classes }: NetworkInfo,
  spec: ModelSpec,
): Module {
  const { size: inputSize, channels: inChannels } = input;
  const includeTop = top === "own";
  const numClasses = classes.length;
  const whole = spec.build({ numClasses, includeTop, inputSize, inChannels, alpha });
  const model = last === undefined ? whole : cut(whole, last);
  if (!includeTop || spec.name === FROM_FILE) replaceHead(model, numClasses);
  return model;
}

function asSaved(info: NetworkInfo, spec: ModelSpec): Decision {
  const { architecture, input, classes, thresholds } = info;
  const build = () => buildNetwork(info, spec);
  return { architecture, input, classes, thresholds, outputs: classes.length, build };
}

function asDescribed(graph: NetworkGraph, { input: usual, build }: ModelSpec): Decision {
  const input = { ...usual, channels: graph.inputShape[0] ?? 3 };
  const { classes = [] } = graph;
  return { architecture: FROM_FILE, input, classes, outputs: outputsOf(graph), build };
}

function asRecognised(
  { spec, top, alpha, numClasses = 0, inputSize = spec.input.size, inChannels }: Recognised,
  from: string,
): Decision {
  const { name: architecture } = spec;
  if (top === "other") {
    throw new Error(
      `${from}: its tensors are those of ${architecture} with another classifier; build it with ` +
        `models.${architecture} and use transfer.loadPretrained(model, file, { onMismatch: "skip" })`,
    );
  }
  const input = { ...spec.input, size: inputSize, channels: inChannels };
  const build = () => {
    const includeTop = top === "own";
    const model = spec.build({ numClasses, includeTop, inputSize, inChannels, alpha });
    if (top === "linear") replaceHead(model, numClasses);
    return model;
  };
  return { architecture, input, classes: [], outputs: numClasses, build };
}

/** The network asked for, of as many outputs as the file's last layer has. */
function asAsked(
  file: WeightFile,
  from: string,
  spec: ModelSpec,
  { alpha, input: given }: FileNetworkOptions,
): Decision {
  const recognised = specOf(file, [spec]);
  if (recognised) return asRecognised({ ...recognised, ...(alpha && { alpha }) }, from);
  const outputs = lastOutputs(file) ?? 0;
  const channels = spec.input.channels ?? shapesOfRank(file, 4)[0]?.[1] ?? 3;
  const input = { ...spec.input, ...given, channels };
  const sizes = { inputSize: input.size, inChannels: channels };
  const build = () => spec.build({ numClasses: outputs, ...sizes, alpha });
  return { architecture: spec.name, input, classes: [], outputs, build };
}

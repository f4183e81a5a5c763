import type { WeightFile } from "../formats/index.ts";
import { ARCHITECTURE_NAMES, type Architecture, architectureNamed } from "./architectures.ts";
import { type ConventionOptions, chooseConvention, conventionNamed } from "./conventions.ts";
import { UsageError } from "./errors.ts";
import { convolutionShapes, guessAlpha, guessArchitecture, linearShapes } from "./guess.ts";
import type { NetworkInfo } from "./info.ts";
import type { OpenedData } from "./sources/index.ts";

export interface PlanOptions extends ConventionOptions {
  readonly arch?: string;
  readonly size?: number;
  readonly alpha?: number;
}

/** The weights to start from, where there are any. */
export interface Pretrained {
  readonly path: string;
  readonly file: WeightFile;
  /** What they say about themselves. */
  readonly info: NetworkInfo | null;
}

/** The architecture asked for, the one that the weights were saved with, or the one they look like. */
export function planArchitecture(
  options: PlanOptions,
  pretrained: Pretrained | null,
): Architecture {
  if (options.arch) return architectureNamed(options.arch);
  const name = pretrained && (pretrained.info?.architecture ?? guessArchitecture(pretrained.file));
  if (name) return architectureNamed(name);
  const what = pretrained ? `${pretrained.path}: can't tell its architecture` : "no architecture";
  throw new UsageError(`${what}; pass --arch with one of ${ARCHITECTURE_NAMES.join(", ")}`);
}

/** The input's side: asked for, saved with the weights, the data's own where it will do, or the usual. */
export function planSize(
  architecture: Architecture,
  options: PlanOptions,
  pretrained: Pretrained | null,
  dataSize: number | null,
): number {
  const { size: usual, minSize, name, hiddenLayers } = architecture;
  const size = options.size ?? pretrained?.info?.input.size;
  if (size !== undefined) {
    if (size >= minSize) return size;
    throw new UsageError(`--size ${size}: the least that ${name} takes is ${minSize}`);
  }
  // Small networks with hidden layers are made for one size; others take small images as they are.
  if (dataSize === null || (hiddenLayers && usual < 100)) return usual;
  return Math.min(usual, Math.max(minSize, dataSize));
}

/** Everything about the network to be trained on `data`. */
export function planNetwork(
  options: PlanOptions,
  pretrained: Pretrained | null,
  data: Pick<OpenedData, "channels">,
  size: number,
  classes: readonly string[],
): NetworkInfo {
  const architecture = planArchitecture(options, pretrained);
  const file = pretrained?.file;
  const saved = pretrained?.info?.input;
  const channels = architecture.channels ?? (file && firstChannels(file)) ?? data.channels;
  const usual = saved?.convention ?? conventionNamed(architecture.convention);
  const alpha =
    architecture.name === "mobilenet_v1"
      ? (options.alpha ?? pretrained?.info?.alpha ?? (file && guessAlpha(file)))
      : undefined;
  return {
    architecture: architecture.name,
    top: keepsTop(architecture, size, file) ? "own" : "linear",
    alpha,
    input: { size, channels, convention: chooseConvention(options, usual) },
    classes,
  };
}

/**
 * Hidden layers of a classifier are kept where the file has them for this size, and where there is
 * nothing to start from but the network is a small one.
 */
function keepsTop(architecture: Architecture, size: number, file: WeightFile | undefined): boolean {
  if (!architecture.hiddenLayers) return false;
  if (architecture.size < 100) return true;
  return file !== undefined && size >= architecture.size && linearShapes(file).length > 1;
}

function firstChannels(file: WeightFile): number | undefined {
  return convolutionShapes(file)[0]?.[1];
}

import type { WeightFile } from "../formats/index.ts";
import type { PretrainedEntry } from "../models/index.ts";
import {
  ARCHITECTURE_NAMES,
  type Architecture,
  architectureDescribed,
  architectureNamed,
  FROM_FILE,
} from "./architectures.ts";
import { type ConventionOptions, chooseConvention, conventionNamed } from "./conventions.ts";
import { UsageError } from "./errors.ts";
import {
  convolutionShapes,
  guessAlpha,
  guessArchitecture,
  guessSize,
  linearShapes,
} from "./guess.ts";
import type { NetworkInfo } from "./info.ts";
import type { ResizeMode } from "./input.ts";
import type { OpenedData } from "./sources/index.ts";

export interface PlanOptions extends ConventionOptions {
  readonly arch?: string;
  /** The layer that the network ends with, under a new head: see `transfer.cut`. */
  readonly cut?: string;
  readonly size?: number;
  readonly alpha?: number;
  readonly resize?: ResizeMode;
  readonly shorterSide?: number;
  /** false: pictures are shrunk by their nearest pixels, without averaging. */
  readonly antialias?: boolean;
}

/** The weights to start from, where there are any. */
export interface Pretrained {
  readonly path: string;
  readonly file: WeightFile;
  /** What they say about themselves. */
  readonly info: NetworkInfo | null;
  /** Their entry in the registry, where they came by name. */
  readonly entry?: PretrainedEntry;
}

/**
 * The architecture asked for, the one that the weights were saved with, the one they look like, or
 * the one that their file describes.
 */
export function planArchitecture(
  options: PlanOptions,
  pretrained: Pretrained | null,
): Architecture {
  if (options.arch) return architectureNamed(options.arch);
  const graph = pretrained && graphOf(pretrained);
  if (graph) return architectureDescribed(graph);
  const name = pretrained && (pretrained.info?.architecture ?? guessArchitecture(pretrained.file));
  if (name) return architectureNamed(name);
  if (pretrained?.file.graphError) throw pretrained.file.graphError;
  const what = pretrained ? `${pretrained.path}: can't tell its architecture` : "no architecture";
  throw new UsageError(`${what}; pass --arch with one of ${ARCHITECTURE_NAMES.join(", ")}`);
}

/** The description to build from: only where the network is none that goes by a name. */
function graphOf({ info, file }: Pretrained): NetworkInfo["graph"] {
  if (info) return info.graph;
  return guessArchitecture(file) === null ? file.graph : undefined;
}

/** The input's side: asked for, saved with the weights, the data's own where it will do, or the usual. */
export function planSize(
  architecture: Architecture,
  options: PlanOptions,
  pretrained: Pretrained | null,
  dataSize: number | null,
): number {
  const { size: usual, minSize, name, hiddenLayers } = architecture;
  const { maxSize = Number.POSITIVE_INFINITY } = architecture;
  // Published networks take other sizes too: small images needn't be blown up to 224.
  const saved = pretrained?.entry && dataSize !== null ? undefined : pretrained?.info?.input.size;
  const size = options.size ?? saved;
  if (size !== undefined) {
    if (size >= minSize && size <= maxSize) return size;
    const limit = size < minSize ? `least that ${name} takes is ${minSize}` : `most is ${maxSize}`;
    throw new UsageError(`--size ${size}: the ${limit}`);
  }
  // Small networks with hidden layers are made for one size; others take small images as they are.
  const own = pretrained ? (guessSize(pretrained.file) ?? usual) : usual;
  if (dataSize === null || (hiddenLayers && usual < 100)) return own;
  return Math.min(usual, Math.max(minSize, dataSize));
}

/** Networks from TensorFlow's older pipelines saw pictures that were not averaged. */
export function planAntialias(
  options: PlanOptions,
  architecture: Architecture,
  pretrained: Pretrained | null,
): boolean {
  return options.antialias ?? pretrained?.info?.input.antialias ?? architecture.antialias;
}

/** How pictures become square, of the side `size`. */
export function planResize(
  options: PlanOptions,
  architecture: Architecture,
  pretrained: Pretrained | null,
  size: number,
): { readonly resize: ResizeMode; readonly shorterSide?: number } {
  const usual = pretrained?.info?.input ?? architecture;
  const resize = options.resize ?? usual.resize;
  if (options.shorterSide !== undefined) {
    if (resize === "crop" && options.shorterSide >= size)
      return { resize, shorterSide: options.shorterSide };
    throw new UsageError(
      `--shorter-side ${options.shorterSide}: needs --resize crop, and at least the input's ${size} pixels`,
    );
  }
  // Said of the usual size; smaller pictures would be blown up to lose their edges.
  const applies = resize === "crop" && size === usual.size && usual.resize === "crop";
  return { resize, ...(applies && { shorterSide: usual.shorterSide }) };
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
  const graph = architecture.name === FROM_FILE && pretrained ? graphOf(pretrained) : undefined;
  const alpha = architecture.name.startsWith("mobilenet")
    ? (options.alpha ?? pretrained?.info?.alpha ?? (file && guessAlpha(file)))
    : undefined;
  const cut = options.cut ?? pretrained?.info?.cut;
  const ownTop = cut === undefined && (graph || keepsTop(architecture, size, file));
  return {
    architecture: architecture.name,
    graph,
    top: ownTop ? "own" : "linear",
    cut,
    alpha,
    input: {
      size,
      channels,
      convention: chooseConvention(options, usual),
      ...planResize(options, architecture, pretrained, size),
      antialias: planAntialias(options, architecture, pretrained),
    },
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

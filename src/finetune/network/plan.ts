import { messageOf } from "../../base/index.ts";
import { type WeightFile, WeightFileError } from "../../formats/index.ts";
import {
  findSpec,
  type InputConvention,
  type ModelSpec,
  modelSpecs,
  type PretrainedEntry,
  specOf,
} from "../../models/index.ts";
import {
  type IdentifiedNetwork,
  identifyNetwork,
  type NetworkInfo,
  shapesOfRank,
} from "../../transfer/index.ts";
import type { OpenedData } from "../data/types.ts";
import { SettingError } from "../errors.ts";
import type { NetworkSettings } from "../settings/index.ts";
import { didYouMean } from "../text.ts";
import { chooseConvention } from "./input.ts";

/** The weights to start from, where there are any. */
export interface Pretrained {
  /** What messages call them. */
  readonly name: string;
  readonly file: WeightFile;
  /** What they say about themselves. */
  readonly info: NetworkInfo | null;
  /** Their entry in the registry, where they came by name. */
  readonly entry?: PretrainedEntry;
}

/** The network asked for, or the one that the weights are of. @throws SettingError where neither is told. */
export function planArchitecture(
  options: NetworkSettings,
  pretrained: Pretrained | null,
): ModelSpec {
  return identified(options, pretrained).spec;
}

function identified(
  { arch }: NetworkSettings,
  pretrained: Pretrained | null,
): Pick<IdentifiedNetwork, "spec" | "graph"> {
  if (arch) return { spec: specNamed(arch) };
  const found = pretrained && identifiedIn(pretrained);
  if (found) return found;
  const what = pretrained ? `${pretrained.name}: can't tell its architecture` : "no architecture";
  throw new SettingError(`${what}; give {arch} one of ${specNames().join(", ")}`);
}

/** What can't be built as it is described can be built otherwise: that is for the settings to say. */
function identifiedIn({ file, name, info }: Pretrained): IdentifiedNetwork | null {
  try {
    return identifyNetwork(file, name, info);
  } catch (cause) {
    if (cause instanceof WeightFileError) throw cause;
    throw new SettingError(messageOf(cause), { cause });
  }
}

/** @throws SettingError naming the networks there are. */
export function specNamed(name: string): ModelSpec {
  const found = findSpec(name);
  if (found) return found;
  const near = didYouMean(name, specNames());
  throw new SettingError(
    `unknown architecture "${name}"${near}: there are ${specNames().join(", ")}`,
  );
}

function specNames(): string[] {
  return modelSpecs().map(({ name }) => name);
}

/** The input's side: asked for, saved with the weights, the data's own where it will do, or the usual. */
export function planSize(
  architecture: ModelSpec,
  options: NetworkSettings,
  pretrained: Pretrained | null,
  dataSize: number | null,
): number {
  const { input, minSize, name, hidden } = architecture;
  const { maxSize = Number.POSITIVE_INFINITY } = architecture;
  const usual = input.size;
  // Published networks take other sizes too: small images needn't be blown up to 224.
  const saved = pretrained?.entry && dataSize !== null ? undefined : pretrained?.info?.input.size;
  const size = options.size ?? saved;
  if (size !== undefined) {
    if (size >= minSize && size <= maxSize) return size;
    const limit = size < minSize ? `least that ${name} takes is ${minSize}` : `most is ${maxSize}`;
    throw new SettingError(`{size} ${size}: the ${limit}`);
  }
  // Small networks with hidden layers are made for one size; others take small images as they are.
  const own = pretrained ? (specOf(pretrained.file)?.inputSize ?? usual) : usual;
  if (dataSize === null || (hidden.length > 0 && usual < 100)) return own;
  return Math.min(usual, Math.max(minSize, dataSize));
}

/** How pictures become square, of the side `size`. */
export function planPictures(
  options: NetworkSettings,
  architecture: ModelSpec,
  pretrained: Pretrained | null,
  size: number,
): Pick<InputConvention, "resize" | "shorterSide" | "antialias"> {
  const usual = pretrained?.info?.input ?? architecture.input;
  const { resize = usual.resize, antialias = usual.antialias, shorterSide } = options;
  if (shorterSide !== undefined) {
    if (resize === "crop" && shorterSide >= size) return { resize, shorterSide, antialias };
    throw new SettingError(
      `{shorterSide} ${shorterSide}: needs {resize} crop, and at least the input's ${size} pixels`,
    );
  }
  // The usual shorter side goes with the usual size: smaller pictures would be enlarged only to lose their edges.
  const applies = resize === "crop" && size === usual.size && usual.resize === "crop";
  return { resize, antialias, ...(applies && { shorterSide: usual.shorterSide }) };
}

/** Everything about the network to be trained on `data`. */
export function planNetwork(
  options: NetworkSettings,
  pretrained: Pretrained | null,
  data: Pick<OpenedData, "channels">,
  size: number,
  classes: readonly string[],
): NetworkInfo {
  const { spec: architecture, graph } = identified(options, pretrained);
  const file = pretrained?.file;
  const saved = pretrained?.info?.input;
  const channels = architecture.input.channels ?? (file && firstChannels(file)) ?? data.channels;
  const usual = saved ?? architecture.input;
  const alpha = architecture.alphas
    ? (options.alpha ?? pretrained?.info?.alpha ?? (file && alphaOf(architecture, file)))
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
      ...chooseConvention(options, usual),
      ...planPictures(options, architecture, pretrained, size),
    },
    classes,
  };
}

/**
 * Hidden layers of a classifier are kept where the file has them for this size, and where there is
 * nothing to start from but the network is a small one.
 */
function keepsTop(
  { hidden, input }: ModelSpec,
  size: number,
  file: WeightFile | undefined,
): boolean {
  if (hidden.length === 0) return false;
  if (input.size < 100) return true;
  return file !== undefined && size >= input.size && shapesOfRank(file, 2).length > 1;
}

function firstChannels(file: WeightFile): number | undefined {
  return shapesOfRank(file, 4)[0]?.[1];
}

/** The width multiplier of the file's network, or of one that begins with as many channels. */
function alphaOf(spec: ModelSpec, file: WeightFile): number | undefined {
  const recognised = specOf(file, [spec]);
  if (recognised) return recognised.alpha;
  const first = shapesOfRank(file, 4).find(([, channels]) => channels === 3);
  return first && first[0] / 32;
}

import type { Module } from "../nn/index.ts";
import type { InputConvention } from "./conventions.ts";
import type { ModelOptions } from "./options.ts";

/**
 * What is known of a network that goes by a name: how it is built, what it takes in, how it is known from a file of
 * tensors, and which weights are published for it. Lies beside its builder, and is listed in `networks.ts`.
 */
export interface ModelSpec {
  /** torchvision's name, or Keras'; as the user types it. */
  readonly name: string;
  readonly build: (options?: BuildOptions) => Module;
  /** How pictures are prepared for it, unless its weights say otherwise. */
  readonly input: InputConvention;
  /** The least side of its input. */
  readonly minSize: number;
  /** The largest, where it can't take larger images. */
  readonly maxSize?: number;
  /** Output widths of its classifier's hidden layers. */
  readonly hidden: readonly number[];
  /** Whether its classifier begins with a normalisation of the map's channels, by weight and bias. */
  readonly topNorm?: boolean;
  /**
   * The side of the input that gives a feature map of this side, where the classifier sees the whole map and so fits one
   * size only. Absent: it sees an average.
   */
  readonly sizeOfMap?: (side: number) => number;
  /**
   * The layers before its classifier, from which it is known. Absent where tensors can't tell: another network may have
   * the same and compute something else (a LeNet with tanh).
   */
  readonly trunk?: (options: TrunkOptions) => Trunk;
  /** Whether it computes the same as every network with the trunk's tensors, whatever these are called. */
  readonly anyNames?: boolean;
  /** The width multipliers that a file may have, by the shapes of the trunk's tensors in it. Absent: it has none. */
  readonly alphas?: (shapeOf: (name: string) => readonly number[] | undefined) => readonly number[];
  readonly weights?: readonly PublishedWeights[];
}

/** Options of all networks; a network refuses those that it has no use for. */
export interface BuildOptions extends ModelOptions {
  readonly inChannels?: number;
  /** Width multiplier. */
  readonly alpha?: number;
}

export interface TrunkOptions {
  readonly inChannels: number;
  readonly alpha: number;
}

export interface Trunk {
  /** Names and shapes as in the network's state dict, which may have something before every name. */
  readonly tensors: readonly NamedShape[];
  /** Channels of the feature map. */
  readonly channels: number;
}

export type NamedShape = readonly [name: string, shape: readonly number[]];

/** Weights that can be downloaded by name. */
export interface PublishedWeights {
  /** Default: the network's. */
  readonly name?: string;
  /** Width multiplier of the network. */
  readonly alpha?: number;
  readonly url: string;
  /** Whether the file at `url` names others beside it that belong to it. */
  readonly shards: boolean;
  /** Bytes, of all files together. */
  readonly size: number;
  /** How far `size` may be off: torchvision publishes MiB with three decimals. */
  readonly sizeTolerance: number;
  /** All 64 digits of the file's SHA-256, or those in its name (PyTorch's own check). */
  readonly sha256?: string;
  /** All 32 digits of the file's MD5, where that is what its publisher gives. */
  readonly md5?: string;
  readonly licence: string;
  /** Where these facts stand. */
  readonly source: string;
  readonly trainedOn: "ImageNet-1k" | "CIFAR-10";
  /** Outputs of the classifier; 0 where the file holds none. */
  readonly numClasses: number;
  readonly classes?: readonly string[];
  /** Where the names of its classes are published, which are too many to stand here. */
  readonly classList?: PublishedClasses;
  /** Share of the validation images that the publisher found right. */
  readonly top1?: number;
  /** Default: the network's. */
  readonly input?: InputConvention;
}

/** A list of class names that can be downloaded: of any of the forms that `formats.readLabels` reads. */
export interface PublishedClasses {
  readonly url: string;
  /** All 64 digits of the file's SHA-256, where it is published. */
  readonly sha256?: string;
  readonly licence: string;
  /** Where these facts stand. */
  readonly source: string;
}

/** Published weights with the network that they are for. */
export interface PretrainedEntry extends PublishedWeights {
  readonly name: string;
  /** The network's name. */
  readonly architecture: string;
  readonly build: (options?: ModelOptions) => Module;
  readonly input: InputConvention;
}

/** `build` of a network of one width. */
export function withoutAlpha(
  build: (options: Omit<BuildOptions, "alpha">) => Module,
): ModelSpec["build"] {
  return ({ alpha, ...options } = {}) => {
    if (alpha === undefined) return build(options);
    throw new Error(`alpha is ${alpha}, but this network has no width multiplier`);
  };
}

/** The same of one for RGB images. */
export function rgbOnly(build: (options: ModelOptions) => Module): ModelSpec["build"] {
  return withoutAlpha(({ inChannels, ...options }) => {
    requireRgb(inChannels);
    return build(options);
  });
}

/** @throws Error for images of other than three channels. */
export function requireRgb(inChannels: number | undefined): void {
  if (inChannels === undefined || inChannels === 3) return;
  throw new Error(`inChannels is ${inChannels}, but this network takes RGB images: 3 channels`);
}

import type { Module } from "../../nn/index.ts";
import type { ModelOptions } from "../options.ts";

/** How a picture becomes the numbers that a network was trained on. */
export interface InputConvention {
  /** Height and width of the square input, in pixels. */
  readonly size: number;
  /** Red, green, blue in this order, or turned round as in networks from Caffe. */
  readonly order: "rgb" | "bgr";
  /** Pixels of 0..255 are multiplied by this, then the mean is taken off and the result divided by std. */
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** How a picture of other proportions becomes square: its centre is cut out, or it is stretched. */
  readonly resize: "crop" | "stretch";
  /** With "crop": the picture's shorter side is first brought to so many pixels. */
  readonly shorterSide?: number;
  /** false where training read the nearest pixels only (TensorFlow's older resize). */
  readonly antialias: boolean;
}

/** Weights that can be downloaded by name. */
export interface PretrainedEntry {
  readonly name: string;
  /** The network of the zoo they are for. */
  readonly architecture: string;
  readonly build: (options: ModelOptions) => Module;
  /** Width multiplier, of MobileNets. */
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
  readonly licence: string;
  /** Where these facts stand. */
  readonly source: string;
  readonly trainedOn: "ImageNet-1k" | "CIFAR-10";
  /** Outputs of the classifier; 0 where the file holds none. */
  readonly numClasses: number;
  readonly classes?: readonly string[];
  /** Share of the validation images that the publisher found right. */
  readonly top1?: number;
  readonly input: InputConvention;
}

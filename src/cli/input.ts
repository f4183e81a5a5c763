import { transforms } from "../data/index.ts";
import {
  CONVENTIONS,
  findConvention,
  type PixelConvention,
  transformsOf,
} from "../models/index.ts";
import { UsageError } from "./errors.ts";
import type { OpenedData } from "./sources/index.ts";

/** What a network takes in. */
export interface InputSpec {
  readonly channels: number;
  /** Height and width. */
  readonly size: number;
  readonly convention: PixelConvention;
  /** How pictures of other proportions become square. */
  readonly resize: ResizeMode;
  /** With "crop": their shorter side first becomes so many pixels. Default: `size`. */
  readonly shorterSide?: number;
  /** false: shrunk by nearest pixels. Default true. */
  readonly antialias?: boolean;
}

export const RESIZE_MODES = ["stretch", "crop", "pad"] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];

export interface ConventionOptions {
  readonly inputConvention?: string;
  /** Of pixels scaled to 0..1. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** What the user asked for, on top of what the network came with. @throws UsageError */
export function chooseConvention(
  { inputConvention, mean, std }: ConventionOptions,
  otherwise: PixelConvention,
): PixelConvention {
  const base = inputConvention === undefined ? otherwise : conventionNamed(inputConvention);
  const { order, scale } = base;
  if (!mean && !std) return { order, scale, mean: base.mean, std: base.std };
  if (std?.some((s) => s === 0)) throw new UsageError("--std must not be 0");
  return { order, scale: 1 / 255, mean: mean ?? [0], std: std ?? [1] };
}

/** @throws UsageError naming the conventions there are. */
export function conventionNamed(name: string): PixelConvention {
  const found = findConvention(name);
  if (found) return found;
  const names = Object.keys(CONVENTIONS).join(", ");
  throw new UsageError(`unknown input convention "${name}": there are ${names}`);
}

type Transforms = transforms.Transform[];

export const AUGMENTATIONS = ["flip", "crop", "rotate"] as const;
export type Augmentation = (typeof AUGMENTATIONS)[number];

/** From a source's images to a network's input; `augment` is for training only. */
export function inputTransforms(
  source: Pick<OpenedData, "channels" | "size" | "toBytes">,
  { channels, size, convention }: Pick<InputSpec, "channels" | "size" | "convention">,
  augment: readonly Augmentation[] = [],
): Transforms {
  const steps: Transforms = [...source.toBytes];
  if (source.channels !== channels) steps.push(channelChange(channels));
  if (source.size !== null && source.size !== size) steps.push(transforms.resize(size));
  for (const name of augment) steps.push(augmentation(name, size));
  return [...steps, ...transformsOf(convention, channels)];
}

function channelChange(channels: number) {
  if (channels === 1 || channels === 3) return transforms.grayscale(channels);
  throw new UsageError(`the network takes images of ${channels} channels: pictures have 1 or 3`);
}

function augmentation(name: Augmentation, size: number) {
  switch (name) {
    case "flip":
      return transforms.randomFlip();
    case "crop":
      return transforms.randomCrop(size, { padding: Math.max(1, Math.round(size / 8)) });
    case "rotate":
      return transforms.randomRotation(10);
  }
}

import { transforms } from "../data/index.ts";
import { type Convention, conventionTransforms } from "./conventions.ts";
import { UsageError } from "./errors.ts";
import type { OpenedData } from "./sources/index.ts";

/** What a network takes in. */
export interface InputSpec {
  readonly channels: number;
  /** Height and width. */
  readonly size: number;
  readonly convention: Convention;
  /** How pictures of other proportions become square. */
  readonly resize: ResizeMode;
  /** With "crop": their shorter side first becomes so many pixels. Default: `size`. */
  readonly shorterSide?: number;
  /** false: shrunk by nearest pixels. Default true. */
  readonly antialias?: boolean;
}

export const RESIZE_MODES = ["stretch", "crop", "pad"] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];

type Transforms = (
  | ReturnType<typeof transforms.rescale>
  | ReturnType<typeof transforms.randomFlip>
)[];

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
  return [...steps, ...conventionTransforms(convention, channels)];
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

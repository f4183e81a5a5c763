import { transforms } from "../../data/index.ts";
import {
  CONVENTIONS,
  findConvention,
  type PixelConvention,
  transformsOf,
} from "../../models/index.ts";
import type { NetworkInput } from "../../transfer/index.ts";
import type { OpenedData } from "../data/types.ts";
import { SettingError } from "../errors.ts";
import type { Augmentation, NetworkSettings } from "../settings/index.ts";

/** What the user asked for, on top of what the network came with. @throws SettingError */
export function chooseConvention(
  { inputConvention, mean, std }: NetworkSettings,
  otherwise: PixelConvention,
): PixelConvention {
  const base = inputConvention === undefined ? otherwise : conventionNamed(inputConvention);
  const { order, scale } = base;
  if (!mean && !std) return { order, scale, mean: base.mean, std: base.std };
  if (std?.some((s) => s === 0)) throw new SettingError("{std} must not be 0");
  return { order, scale: 1 / 255, mean: mean ?? [0], std: std ?? [1] };
}

/** @throws SettingError naming the conventions there are. */
export function conventionNamed(name: string): PixelConvention {
  const found = findConvention(name);
  if (found) return found;
  const names = Object.keys(CONVENTIONS).join(", ");
  throw new SettingError(`unknown input convention "${name}": there are ${names}`);
}

type Transforms = transforms.Transform[];

/** From a source's images to a network's input; `augment` is for training only. */
export function inputTransforms(
  source: Pick<OpenedData, "channels" | "size" | "toBytes">,
  input: PixelConvention & Pick<NetworkInput, "channels" | "size">,
  augment: readonly Augmentation[] = [],
): Transforms {
  const { channels, size } = input;
  const steps: Transforms = [...source.toBytes];
  if (source.channels !== channels) steps.push(channelChange(channels));
  if (source.size !== null && source.size !== size) steps.push(transforms.resize(size));
  for (const name of augment) steps.push(augmentation(name, size));
  return [...steps, ...transformsOf(input, channels)];
}

function channelChange(channels: number) {
  if (channels === 1 || channels === 3) return transforms.grayscale(channels);
  throw new SettingError(`the network takes images of ${channels} channels: pictures have 1 or 3`);
}

/** Of bytes, as which pictures are varied. */
const MIDDLE = 127.5;
const moderate = { brightness: 0.3, contrast: 0.3, saturation: 0.3 };

function augmentation(name: Augmentation, size: number) {
  switch (name) {
    case "flip":
      return transforms.randomFlip();
    case "crop":
      return transforms.randomCrop(size, { padding: Math.max(1, Math.round(size / 8)) });
    case "rotate":
      return transforms.randomRotation(10);
    case "colour":
      return transforms.colourJitter({ ...moderate, hue: 0.05, grey: MIDDLE });
    case "erase":
      return transforms.randomErasing({ value: MIDDLE });
    case "auto":
      return transforms.randAugment({ grey: MIDDLE, fill: MIDDLE });
  }
}

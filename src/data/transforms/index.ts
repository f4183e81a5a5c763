/**
 * What turns pixels into a network's numbers, and what varies them: run on the GPU, batch by batch.
 *
 * @module
 */
export {
  type FlipOptions,
  type RandomCropOptions,
  type RotationOptions,
  randomCrop,
  randomFlip,
  randomRotation,
} from "./augment.ts";
export { type ColourJitterOptions, colourJitter } from "./colour_jitter.ts";
export { grayscale, normalize, reorderChannels, rescale, rgbToBgr } from "./colours.ts";
export { withoutRandomness } from "./evaluation.ts";
export {
  centerCrop,
  type FillOptions,
  type PaddingOption,
  pad,
  type ResizeOptions,
  resize,
  type SizeOption,
} from "./geometry.ts";
export { cutmix, type Mixing, type MixOptions, mixup } from "./mixing.ts";
export { applyTransforms as apply, type DrawOptions } from "./pipeline.ts";
export { type RandAugmentOptions, randAugment } from "./rand_augment.ts";
export { type RandomErasingOptions, randomErasing } from "./random_erasing.ts";
export { type ResizedCropOptions, randomResizedCrop } from "./resized_crop.ts";
export type { ColourTransform, GeometryTransform, TensorTransform, Transform } from "./types.ts";

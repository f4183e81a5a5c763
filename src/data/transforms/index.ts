export {
  type FlipOptions,
  type RandomCropOptions,
  type RotationOptions,
  randomCrop,
  randomFlip,
  randomRotation,
} from "./augment.ts";
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
export { applyTransforms as apply, type DrawOptions } from "./pipeline.ts";
export { type ResizedCropOptions, randomResizedCrop } from "./resized_crop.ts";
export type { ColourTransform, GeometryTransform, TensorTransform, Transform } from "./types.ts";

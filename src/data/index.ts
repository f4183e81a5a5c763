export type { Picture } from "../platform/index.ts";
export { classWeights } from "./class_weights.ts";
export { ArrayDataset, type FromArraysOptions, fromArrays } from "./datasets/array_dataset.ts";
export type { Skipped } from "./datasets/choose_classes.ts";
export {
  CIFAR10_CLASSES,
  type Cifar10Options,
  type Cifar100Options,
  cifar10,
  cifar100,
} from "./datasets/cifar.ts";
export { type FolderSource, isJunk } from "./datasets/class_folders.ts";
export { concat } from "./datasets/concat.ts";
export {
  IMAGE_ENDINGS,
  type ImageFolder,
  type ImageFolderOptions,
  imageFolder,
} from "./datasets/image_folder.ts";
export { type MnistFiles, mnist } from "./datasets/mnist.ts";
export { selectClasses } from "./datasets/select_classes.ts";
export { perClass, subset } from "./datasets/subset.ts";
export { usps } from "./datasets/usps.ts";
export { type Zipped, type ZippedImages, zip } from "./datasets/zip.ts";
export type { Groups } from "./deal_groups.ts";
export {
  digits,
  type GlyphSet,
  type GlyphSets,
  type GlyphSetsOptions,
  letters,
} from "./glyphs/index.ts";
export { exampleName, labelsOf, numClasses } from "./labels.ts";
export { type Batch, type BatchOptions, BatchSource } from "./loader/batch_source.ts";
export { DataLoader, type DataLoaderOptions } from "./loader/data_loader.ts";
export type { LoadedBatch } from "./loader/float_batch.ts";
export { transformed } from "./loader/load_batch.ts";
export {
  classBalancedSampler,
  RandomSampler,
  type Sampler,
  type SamplerOptions,
  SequentialSampler,
  WeightedRandomSampler,
  type WeightedSamplerOptions,
} from "./loader/samplers.ts";
export { Random } from "./random.ts";
export type { ResizeMode } from "./resample.ts";
export { type Fold, kFold, type SplitOptions, split } from "./split.ts";
export { type ColumnScale, columnScale, standardize } from "./standardize.ts";
export * as transforms from "./transforms/index.ts";
export type { Dataset, Example, ImageShape, Label, OtherInput } from "./types.ts";

import { CONVENTIONS, type InputConvention } from "./conventions.ts";
import { imagenetClasses } from "./imagenet.ts";
import type { PublishedWeights } from "./spec.ts";

/** The preset of torchvision's classification weights: shorter side 256, centre 224. */
export const torchvisionInput = (): InputConvention => ({
  ...CONVENTIONS.imagenet,
  size: 224,
  channels: 3,
  resize: "crop",
  shorterSide: 256,
  antialias: true,
});

/**
 * A row of the `Weights` enumerations (IMAGENET1K_V1) of torchvision.models.
 *
 * @param file without its ending; it ends in the first digits of the hash.
 * @param sha256 all of them. torchvision doesn't publish these: given where several who fetched the file found the same.
 */
export function torchvisionWeights(
  file: string,
  mebibytes: number,
  top1: number,
  sha256: string = file.slice(-8),
): PublishedWeights {
  return {
    url: `https://download.pytorch.org/models/${file}.pth`,
    shards: false,
    size: Math.round(mebibytes * 2 ** 20),
    sizeTolerance: 1024,
    sha256,
    licence: "BSD-3-Clause (torchvision)",
    source: "https://pytorch.org/vision/stable/models.html",
    trainedOn: "ImageNet-1k",
    numClasses: 1000,
    classList: imagenetClasses(),
    top1,
  };
}

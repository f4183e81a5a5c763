import type { Dataset, transforms } from "../../data/index.ts";

type ColourTransform = ReturnType<typeof transforms.rescale>;

/** Examples as they come from where `--data` points. */
export interface OpenedData {
  /** What messages call it. */
  readonly name: string;
  readonly kind: "image folder" | "CIFAR-10" | "MNIST" | "USPS" | "glyphs";
  readonly train: Dataset;
  /** A part kept apart for validation, where the source has one. */
  readonly validation: Dataset | null;
  readonly channels: 1 | 3;
  /** Side of the images; null where they came at the size that was asked for. */
  readonly size: number | null;
  /** Brings pixels to 0..255. */
  readonly toBytes: readonly ColourTransform[];
}

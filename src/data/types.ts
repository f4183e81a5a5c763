import type { TransformOption } from "./transforms/evaluation.ts";

/** Channels, height, width. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/**
 * The class, counted from 0. Where several can be right at once, a number from 0 to 1 for each of them
 * instead (`binaryCrossEntropyWithLogits` takes these; cross-entropy takes them for probabilities).
 */
export type Label = number | Float32Array | readonly number[];

/** What a model takes beside the image, such as a second picture or a vector of measurements. */
export interface OtherInput {
  /** Bytes 0..255, or floats. */
  readonly values: Uint8Array | Float32Array;
  /** Of one example: [channels, height, width] of a picture, [length] of a vector. */
  readonly shape: readonly number[];
  /** What pictures go through on the GPU, each input through its own; the loader's `transform` is the image's alone. */
  readonly transform?: TransformOption;
}

/** A picture and what it shows. */
export interface Example<L extends Label = Label> {
  /** Pixels as channel planes (CHW): bytes 0..255, or floats in whatever range the source has. */
  readonly image: Uint8Array | Float32Array;
  readonly shape: ImageShape;
  readonly label: L;
  /** For models of several inputs, `forward(images, ...others)`; every example has as many, alike in shape: see `zip`. */
  readonly others?: readonly OtherInput[];
}

/** Anything with a length and a getter is a dataset; the other members make more things work. */
export interface Dataset {
  readonly length: number;
  /** Class names; a label is an index into them. */
  readonly classes?: readonly string[];
  /**
   * All labels, where they are known without decoding images: what stratified splits, class
   * weights and balanced sampling need of a dataset whose `get` is asynchronous.
   */
  readonly labels?: ArrayLike<number>;
  get(index: number): Example | Promise<Example>;
  /** What error messages call an example: a file, a record. */
  nameOf?(index: number): string | undefined;
}

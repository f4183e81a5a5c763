import { checkOptions } from "../../base/index.ts";
import { checkIndex, checkLabel, labelsOf } from "../labels.ts";
import type { Dataset, Example, ImageShape } from "../types.ts";

export interface FromArraysOptions {
  /** Class names; without them the labels alone tell how many classes there are. */
  classes?: readonly string[];
}

type Images =
  | Uint8Array
  | Float32Array
  | readonly number[]
  | readonly (Uint8Array | Float32Array)[];

/** Images of one shape that lie one after the other in memory. */
export class ArrayDataset implements Dataset {
  readonly length: number;
  readonly labels: Int32Array;
  readonly classes?: readonly string[];
  /** The shape of one image. */
  readonly shape: ImageShape;
  readonly #images: Uint8Array | Float32Array;

  /** Takes the arrays as they are, without a copy. `images` holds `labels.length` images. */
  constructor(
    images: Uint8Array | Float32Array,
    shape: ImageShape,
    labels: Int32Array,
    classes?: readonly string[],
  ) {
    this.length = labels.length;
    this.labels = labels;
    this.classes = classes;
    this.shape = shape;
    this.#images = images;
  }

  get(index: number): Example<number> {
    checkIndex(this, index);
    const size = elements(this.shape);
    const image = this.#images.subarray(index * size, (index + 1) * size);
    return { image, shape: this.shape, label: this.labels[index] };
  }
}

/**
 * A dataset of images already in memory.
 *
 * @param images all images one after the other in CHW order (bytes 0..255 or floats; a plain array
 *   of numbers becomes floats), or one array per image. Typed arrays are used without a copy.
 * @param shape of one image, `[channels, height, width]`; a leading count of images may be given too.
 * @param labels one class number per image, or one list of numbers from 0 to 1 per image, one for each class.
 * @throws when the sizes disagree or a label is out of range.
 */
export function fromArrays(
  images: Images,
  shape: readonly number[],
  labels: ArrayLike<number>,
  options?: FromArraysOptions,
): ArrayDataset;
export function fromArrays(
  images: Images,
  shape: readonly number[],
  labels: readonly (Float32Array | readonly number[])[],
  options?: FromArraysOptions,
): Dataset;
export function fromArrays(
  images: Images,
  shape: readonly number[],
  labels: ArrayLike<number> | readonly (Float32Array | readonly number[])[],
  options: FromArraysOptions = {},
): Dataset {
  checkOptions("fromArrays", options, ["classes"]);
  if (!labels) throw new TypeError("fromArrays: a label for each image is missing");
  const one = imageShape(shape, labels.length);
  const flat = flatten(images, elements(one));
  const expected = labels.length * elements(one);
  if (flat.length !== expected) {
    throw new Error(
      `fromArrays: ${labels.length} labels and shape [${one.join(", ")}] ask for ${expected} ` +
        `numbers in "images", got ${flat.length}`,
    );
  }
  if (isNumbers(labels)) {
    const stated = { length: labels.length, labels, classes: options.classes, get: noExample };
    return new ArrayDataset(flat, one, labelsOf(stated), options.classes);
  }
  return new VectorDataset(flat, one, labels, options.classes);
}

/** Images of one shape whose labels are numbers for each class. */
class VectorDataset implements Dataset {
  readonly length: number;
  readonly #pixels: ArrayDataset;

  constructor(
    images: Uint8Array | Float32Array,
    readonly shape: ImageShape,
    private readonly vectors: readonly (Float32Array | readonly number[])[],
    readonly classes?: readonly string[],
  ) {
    this.length = vectors.length;
    this.#pixels = new ArrayDataset(images, shape, new Int32Array(vectors.length));
    vectors.forEach((vector, i) => {
      checkLabel(this, i, vector);
    });
  }

  get(index: number): Example {
    return { ...this.#pixels.get(index), label: this.vectors[index] };
  }
}

function isNumbers(
  labels: ArrayLike<number> | readonly (Float32Array | readonly number[])[],
): labels is ArrayLike<number> {
  return typeof labels[0] !== "object";
}

/** `labelsOf` reads the stated labels and never gets an example. */
function noExample(): never {
  throw new Error("no example here");
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function imageShape(shape: readonly number[], count: number): ImageShape {
  const [c, h, w] = shape.length === 4 ? shape.slice(1) : shape;
  const text = `[${shape.join(", ")}]`;
  if (
    shape.length < 3 ||
    shape.length > 4 ||
    ![c, h, w].every((n) => Number.isInteger(n) && n > 0)
  ) {
    throw new Error(`fromArrays: the shape must be [channels, height, width], got ${text}`);
  }
  if (shape.length === 4 && shape[0] !== count) {
    throw new Error(`fromArrays: the shape ${text} holds ${shape[0]} images for ${count} labels`);
  }
  return [c, h, w];
}

function isPerImage(
  images: readonly number[] | readonly (Uint8Array | Float32Array)[],
): images is readonly (Uint8Array | Float32Array)[] {
  return images.length > 0 && typeof images[0] !== "number";
}

function flatten(
  images: Uint8Array | Float32Array | readonly number[] | readonly (Uint8Array | Float32Array)[],
  size: number,
): Uint8Array | Float32Array {
  if (images instanceof Uint8Array || images instanceof Float32Array) return images;
  if (!isPerImage(images)) return Float32Array.from(images);
  const bytes = images[0] instanceof Uint8Array;
  const flat = bytes
    ? new Uint8Array(images.length * size)
    : new Float32Array(images.length * size);
  images.forEach((image, i) => {
    if (image.length !== size || image instanceof Uint8Array !== bytes) {
      throw new Error(
        `fromArrays: image ${i} is a ${image.constructor.name} of ${image.length}, ` +
          `expected a ${flat.constructor.name} of ${size}`,
      );
    }
    flat.set(image, i * size);
  });
  return flat;
}

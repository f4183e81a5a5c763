import { type Tensor, tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import type { Dataset } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { predict } from "../train/index.ts";
import { BATCHES_OPTIONS, type BatchesOptions, batchesOf } from "./batches.ts";
import type { HeatMap } from "./heat_map.ts";

export interface OcclusionOptions extends BatchesOptions {
  /** Side of the square that is covered, in pixels of the model's input. Default: a fifth of the shorter side. */
  readonly size?: number;
  /** Pixels between two places of it. Default: half of `size`. */
  readonly stride?: number;
  /** What covered pixels become. Default 0: the mean colour where inputs are normalised. */
  readonly value?: number;
  /** The class that is asked about, for each image. Default: the one that is predicted. */
  readonly classes?: ArrayLike<number>;
}

/**
 * How much less probable a class becomes where a square of the image is covered (M. D. Zeiler and R. Fergus, "Visualizing and
 * Understanding Convolutional Networks", ECCV 2014). Takes any model, at the cost of a forward pass for each place.
 *
 * @param images f32 [N, C, H, W], or a dataset.
 * @returns a map for each image with an entry for each place of the square, from the top left on: the fall in probability, below 0
 *   where the class becomes likelier.
 */
export async function occlusion(
  model: Module,
  images: Tensor | Dataset,
  options: OcclusionOptions = {},
): Promise<HeatMap[]> {
  checkOptions("occlusion", options, [...BATCHES_OPTIONS, "size", "stride", "value", "classes"]);
  const maps: HeatMap[] = [];
  for await (const { batch } of batchesOf(images, { ...options, batchSize: 1 })) {
    const label = options.classes?.[maps.length];
    maps.push(await mapOf(model, batch, label, options));
  }
  return maps;
}

async function mapOf(
  model: Module,
  image: Tensor,
  asked: number | undefined,
  { size, stride, value = 0, batchSize }: OcclusionOptions,
): Promise<HeatMap> {
  const [, , height, width] = image.shape as [number, number, number, number];
  const side = Math.min(size ?? Math.ceil(Math.min(height, width) / 5), height, width);
  const step = stride ?? Math.max(1, Math.floor(side / 2));
  for (const [name, n] of Object.entries({ size: side, stride: step })) {
    if (!Number.isInteger(n) || n < 1)
      throw new RangeError(`occlusion: ${name} must be a whole number of at least 1, not ${n}`);
  }
  const [rows, columns] = [places(height, side, step), places(width, side, step)];
  const [whole] = await predict(model, image);
  const label = asked ?? whole!.label;
  const before = whole!.probabilities[label];
  if (before === undefined)
    throw new RangeError(`occlusion: class ${label} is none of the model's`);
  const corners = rows.flatMap((top) => columns.map((left) => ({ top, left })));
  const pixels = (await image.data()) as Float32Array;
  const covered = corners.map((corner) => cover(pixels, image.shape, corner, side, value));
  const values = new Float32Array(corners.length);
  const atOnce = batchSize ?? 32;
  for (let at = 0; at < corners.length; at += atOnce) {
    const some = covered.slice(at, at + atOnce);
    const batch = tensor(joined(some)).reshape([some.length, ...image.shape.slice(1)]);
    const found = await predict(model, batch, { batchSize: atOnce });
    batch.dispose();
    for (const [i, { probabilities }] of found.entries())
      values[at + i] = before - probabilities[label]!;
  }
  return { width: columns.length, height: rows.length, values };
}

/** Where the square begins along a side; the last place ends with the image. */
function places(length: number, side: number, step: number): number[] {
  const count = Math.ceil((length - side) / step) + 1;
  return Array.from({ length: count }, (_, i) => Math.min(i * step, length - side));
}

function cover(
  pixels: Float32Array,
  shape: readonly number[],
  { top, left }: { top: number; left: number },
  side: number,
  value: number,
): Float32Array {
  const [, channels, height, width] = shape as [number, number, number, number];
  const copy = pixels.slice();
  for (let c = 0; c < channels; c++)
    for (let y = top; y < top + side; y++) {
      const at = (c * height + y) * width + left;
      copy.fill(value, at, at + side);
    }
  return copy;
}

function joined(images: readonly Float32Array[]): Float32Array {
  const size = images[0]!.length;
  const all = new Float32Array(size * images.length);
  for (const [i, image] of images.entries()) all.set(image, i * size);
  return all;
}

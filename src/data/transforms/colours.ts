import { checkOptions } from "../../base/index.ts";
import { perChannel } from "./colour.ts";
import type { ColourTransform } from "./types.ts";

export interface RescaleOptions {
  /** Default 1 / 255. */
  scale?: number;
  /** Default 0. */
  offset?: number;
}

/** out = in · scale + offset. The default brings bytes to 0..1; `rescale(1 / 127.5, -1)` to −1..1. */
export function rescale(scale?: number | RescaleOptions, offset?: number): ColourTransform;
export function rescale(given: number | RescaleOptions = {}, more?: number): ColourTransform {
  const options = typeof given === "number" ? { scale: given, offset: more } : given;
  checkOptions("rescale", options, ["scale", "offset"]);
  const { scale = 1 / 255, offset = 0 } = options;
  requireFinite("rescale", [scale, offset]);
  return {
    kind: "colour",
    name: "rescale",
    map: (channels) =>
      perChannel(
        channels,
        () => scale,
        () => offset,
      ),
  };
}

export interface NormalizeOptions {
  mean: number | readonly number[];
  std: number | readonly number[];
}

/**
 * out = (in − mean) / std, with one number for all channels or one for each.
 *
 * @example [rescale(), normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])] // torchvision's models
 * @example normalize({ mean: 0.1307, std: 0.3081 }) // MNIST
 */
export function normalize(
  mean: number | readonly number[],
  std: number | readonly number[],
): ColourTransform;
export function normalize(options: NormalizeOptions): ColourTransform;
export function normalize(
  given: number | readonly number[] | NormalizeOptions,
  more?: number | readonly number[],
): ColourTransform {
  const named = typeof given === "object" && given !== null && !Array.isArray(given);
  const options = named ? (given as NormalizeOptions) : { mean: given, std: more };
  checkOptions("normalize", options, ["mean", "std"]);
  const { mean, std } = options as NormalizeOptions;
  const means = asList("mean", mean);
  const stds = asList("std", std);
  if (stds.some((s) => s === 0)) throw new Error("normalize: std is 0");
  const of = (values: readonly number[], c: number) => values[values.length === 1 ? 0 : c];
  return {
    kind: "colour",
    name: "normalize",
    map(channels) {
      for (const values of [means, stds]) {
        if (values.length === 1 || values.length === channels) continue;
        throw new Error(
          `normalize: ${values.length} numbers for mean or std, but the images have ${channels} channels`,
        );
      }
      return perChannel(
        channels,
        (c) => 1 / of(stds, c),
        (c) => -of(means, c) / of(stds, c),
      );
    },
  };
}

/** Brightness of red, green and blue (ITU-R BT.601), as torchvision's `rgb_to_grayscale`. */
export const LUMA = [0.2989, 0.587, 0.114];

/** RGB → grey, in one channel or repeated in `channels`. One-channel images are only repeated. */
export function grayscale(channels: 1 | 3 = 1): ColourTransform {
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`grayscale: channels must be 1 or 3, got ${channels}`);
  }
  return {
    kind: "colour",
    name: "grayscale",
    map(given) {
      if (given !== 1 && given !== 3) {
        throw new Error(`grayscale: takes RGB images, these have ${given} channels`);
      }
      const row = given === 1 ? [1] : LUMA;
      return { matrix: Array(channels).fill(row), bias: Array(channels).fill(0) };
    },
  };
}

/**
 * Output channel i is input channel `order[i]`: `[2, 1, 0]` turns RGB into BGR, `[0, 0, 0]` makes
 * three channels of one.
 */
export function reorderChannels(order: readonly number[]): ColourTransform {
  if (order.length === 0 || !order.every((c) => Number.isInteger(c) && c >= 0)) {
    throw new RangeError(`reorderChannels: expected channel numbers, got [${order.join(", ")}]`);
  }
  return {
    kind: "colour",
    name: "reorderChannels",
    map(channels) {
      const missing = order.find((c) => c >= channels);
      if (missing !== undefined) {
        throw new Error(`reorderChannels: no channel ${missing} in images of ${channels} channels`);
      }
      const matrix = order.map((from) =>
        Array.from({ length: channels }, (_, c) => (c === from ? 1 : 0)),
      );
      return { matrix, bias: order.map(() => 0) };
    },
  };
}

/** RGB → BGR, which networks converted from Caffe want. */
export function rgbToBgr(): ColourTransform {
  return reorderChannels([2, 1, 0]);
}

function asList(name: string, value: number | readonly number[]): readonly number[] {
  const list = typeof value === "number" ? [value] : value;
  requireFinite(`normalize: ${name}`, list);
  return list;
}

function requireFinite(where: string, values: readonly number[]): void {
  if (values?.length > 0 && Array.from(values).every(Number.isFinite)) return;
  throw new RangeError(`${where}: expected finite numbers, got ${JSON.stringify(values)}`);
}

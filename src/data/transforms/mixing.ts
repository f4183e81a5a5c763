import { checkOptions } from "../../base/index.ts";
import { MIX_WORDS } from "../../kernels/index.ts";
import { describeClass } from "../labels.ts";
import type { Random } from "../random.ts";
import type { Dataset } from "../types.ts";
import { gamma } from "./gamma.ts";
import type { Size } from "./types.ts";

/** What an image is mixed with: share · own + (1 − share) · other's. */
export interface Mix {
  /** The other image's place in the batch. */
  readonly other: number;
  /** Within the rectangle, and outside of it. */
  readonly within: number;
  readonly outside: number;
  /** Of the output: x0, x1, y0, y1. */
  readonly box: readonly [number, number, number, number];
}

/** Mixes the images of a batch, and their labels with them. */
export interface Mixing {
  readonly name: string;
  /** @param random the batch's. */
  draw(random: Random, count: number, size: Size): Mix[];
}

export interface MixOptions {
  /** Of the Beta(alpha, alpha) that shares are drawn from. Default 0.2 for mixup, 1 for cutmix. */
  alpha?: number;
}

/**
 * Blends each image of a batch with another one, labels alike (mixup, Zhang et al. 2017, https://arxiv.org/abs/1710.09412):
 * λ · own + (1 − λ) · other's, one λ a batch.
 *
 * @example trainer.fit(set, { mix: data.transforms.mixup({ alpha: 0.2 }) })
 */
export function mixup(options: MixOptions = {}): Mixing {
  const alpha = checkedAlpha("mixup", options, 0.2);
  return {
    name: "mixup",
    draw(random, count) {
      const share = beta(random, alpha);
      const others = random.permutation(count);
      return Array.from(others, (other) => {
        return { other, within: share, outside: share, box: [0, 0, 0, 0] };
      });
    },
  };
}

/**
 * Puts a rectangle of another image of the batch into each, and mixes labels by the areas (CutMix, Yun et al. 2019,
 * https://arxiv.org/abs/1905.04899): one rectangle a batch, of a share 1 − λ of the area, cut at the border.
 */
export function cutmix(options: MixOptions = {}): Mixing {
  const alpha = checkedAlpha("cutmix", options, 1);
  return {
    name: "cutmix",
    draw(random, count, { height, width }) {
      const side = Math.sqrt(1 - beta(random, alpha));
      const [x0, x1] = cutAround(random.int(width), side * width, width);
      const [y0, y1] = cutAround(random.int(height), side * height, height);
      const others = random.permutation(count);
      return Array.from(others, (other) => ({
        other,
        within: 0,
        outside: 1,
        box: [x0, x1, y0, y1],
      }));
    },
  };
}

/** Whole pixels around a centre. */
function cutAround(centre: number, length: number, size: number): [number, number] {
  const half = Math.floor(Math.floor(length) / 2);
  return [Math.max(0, centre - half), Math.min(size, centre + half)];
}

function checkedAlpha(name: string, options: MixOptions, standard: number): number {
  checkOptions(name, options, ["alpha"]);
  const { alpha = standard } = options;
  if (alpha > 0 && alpha < Number.POSITIVE_INFINITY) return alpha;
  throw new RangeError(`${name}: alpha must be a number above 0, not ${alpha}`);
}

/** From Beta(alpha, alpha): of two gamma variates, the share of one. */
function beta(random: Random, alpha: number): number {
  const [a, b] = [gamma(random, alpha), gamma(random, alpha)];
  return a + b > 0 ? a / (a + b) : random.int(2); // both vanish only where alpha is tiny: then it is one or the other
}

/** The share of an image's own label. */
export function labelShare({ within, outside, box: [x0, x1, y0, y1] }: Mix, size: Size): number {
  const area = ((x1 - x0) * (y1 - y0)) / (size.width * size.height);
  return area * within + (1 - area) * outside;
}

/** Writes what the kernel reads. */
export function writeMixes(mixes: readonly Mix[]): Float32Array {
  const words = new Float32Array(mixes.length * MIX_WORDS);
  const numbers = new Uint32Array(words.buffer);
  mixes.forEach(({ other, within, outside, box }, i) => {
    const at = i * MIX_WORDS;
    words.set([0, within, outside, 0, ...box], at);
    numbers[at] = other;
  });
  return words;
}

/**
 * The labels of mixed images: for each class its share, f32 [n, classes].
 *
 * @throws RangeError for a label that is no class of the dataset: an image that has none can't be mixed.
 */
export function mixLabels(
  labels: Int32Array | Float32Array,
  mixes: readonly Mix[],
  size: Size,
  { dataset, classes }: { readonly dataset: Dataset; readonly classes: number | null },
): Float32Array {
  const width = labels instanceof Float32Array ? labels.length / mixes.length : (classes ?? 0);
  const mixed = new Float32Array(mixes.length * width);
  const add = (to: number, from: number, share: number) => {
    if (labels instanceof Float32Array)
      for (let c = 0; c < width; c++) mixed[to * width + c] += share * labels[from * width + c];
    else {
      const label = labels[from];
      if (!(label >= 0 && label < width))
        throw new RangeError(
          `mix: ${describeClass(dataset, label)} is none of the ${width} classes; images without one can't be mixed`,
        );
      mixed[to * width + label] += share;
    }
  };
  mixes.forEach((mix, i) => {
    const share = labelShare(mix, size);
    add(i, i, share);
    add(i, mix.other, 1 - share);
  });
  return mixed;
}

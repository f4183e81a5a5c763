import { checkOptions } from "../../base/index.ts";
import { IGNORED_LABEL, labelsOf } from "../labels.ts";
import { Random, range } from "../random.ts";
import type { Dataset } from "../types.ts";

/** Decides which examples an epoch visits, and in which order. */
export interface Sampler {
  /** Examples per epoch. */
  readonly length: number;
  /** The indices of epoch 0, 1, …: the same every time for the same epoch. */
  indices(epoch: number): Int32Array;
}

export interface SamplerOptions {
  /** Default 0. */
  seed?: number;
}

export interface WeightedSamplerOptions extends SamplerOptions {
  /** Examples per epoch; by default as many as the dataset holds. */
  numSamples?: number;
}

/** 0, 1, 2, … */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }

  indices(): Int32Array {
    return range(this.length);
  }
}

/** Every example once an epoch, in an order that seed and epoch decide. */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly #seed: number;

  constructor(length: number, options: SamplerOptions = {}) {
    checkOptions("RandomSampler", options, ["seed"]);
    this.length = length;
    this.#seed = options.seed ?? 0;
  }

  indices(epoch: number): Int32Array {
    return new Random(this.#seed, epoch).permutation(this.length);
  }
}

/** Draws with replacement, example i with a probability in proportion to `weights[i]`. */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  readonly #seed: number;
  /** Running sums of the weights. */
  readonly #sums: Float64Array;

  constructor(weights: ArrayLike<number>, options: WeightedSamplerOptions = {}) {
    checkOptions("WeightedRandomSampler", options, ["seed", "numSamples"]);
    let sum = 0;
    this.#sums = Float64Array.from(weights, (weight, i) => {
      if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
        throw new RangeError(`WeightedRandomSampler: weight ${i} is ${weight}, expected 0 or more`);
      }
      sum += weight;
      return sum;
    });
    if (sum === 0) throw new RangeError("WeightedRandomSampler: no weight is above 0");
    this.length = options.numSamples ?? weights.length;
    if (!Number.isInteger(this.length) || this.length < 1) {
      throw new RangeError(
        `WeightedRandomSampler: numSamples must be a whole number of at least 1, got ${this.length}`,
      );
    }
    this.#seed = options.seed ?? 0;
  }

  indices(epoch: number): Int32Array {
    const random = new Random(this.#seed, epoch);
    const total = this.#sums[this.#sums.length - 1];
    const drawn = new Int32Array(this.length);
    for (let i = 0; i < drawn.length; i++)
      drawn[i] = firstAbove(this.#sums, random.float() * total);
    return drawn;
  }
}

/**
 * Shows every class equally often: rare classes' examples are drawn more than once an epoch, those
 * of frequent classes not all.
 */
export function classBalancedSampler(
  dataset: Dataset,
  options: WeightedSamplerOptions = {},
): WeightedRandomSampler {
  const labels = labelsOf(dataset);
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const weightOf = (label: number) => (label === IGNORED_LABEL ? 0 : 1 / (counts.get(label) ?? 1));
  const weights = Float64Array.from(labels, weightOf);
  return new WeightedRandomSampler(weights, options);
}

/** The first index whose sum is above `value`: never one of weight 0. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

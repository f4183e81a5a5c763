import { checkOptions } from "../base/index.ts";
import { subset } from "./datasets/subset.ts";
import { dealGroups, type Groups } from "./deal_groups.ts";
import { ignoredIndices, indicesByClass } from "./labels.ts";
import { Random, range } from "./random.ts";
import type { Dataset } from "./types.ts";

export interface SplitOptions {
  /** Default 0: the same split every time. */
  seed?: number;
  /** Gives every part the same mixture of classes. Needs the labels. */
  stratify?: boolean;
  /**
   * Keeps together what belongs together, all pictures of one person, say: no group is in two parts. Sizes are then met as well as
   * whole groups allow.
   */
  groups?: Groups;
}

/** A dataset for each fraction. */
type Parts<Fractions> = { -readonly [Part in keyof Fractions]: Dataset };

const OPTIONS = ["seed", "stratify", "groups"];

/**
 * Cuts a dataset into parts at random, no example in two of them.
 *
 * @param fractions of the whole, adding up to at most 1 (what is missing is left out): `[0.8, 0.2]`.
 *   Whole numbers, not all 0 or 1, are counts: `[4000, 1000]`.
 * @throws Error when a part would be empty or the parts ask for more than there is.
 */
export function split<const Fractions extends readonly number[]>(
  dataset: Dataset,
  fractions: Fractions,
  options: SplitOptions = {},
): Parts<Fractions> {
  checkOptions("split", options, OPTIONS);
  const sizes = partSizes(dataset.length, fractions);
  return deal(dataset, sizes, options).map((indices) =>
    subset(dataset, indices),
  ) as Parts<Fractions>;
}

/** One division of `kFold`. */
export interface Fold {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/**
 * k-fold cross-validation: every example is in the validation part of exactly one of the k folds
 * and in the training part of the others.
 */
export function kFold(dataset: Dataset, k: number, options: SplitOptions = {}): Fold[] {
  checkOptions("kFold", options, OPTIONS);
  if (!Number.isInteger(k) || k < 2 || k > dataset.length) {
    throw new RangeError(`kFold: k must be from 2 to ${dataset.length} (the examples), got ${k}`);
  }
  const { length } = dataset;
  const sizes = options.groups // of whole groups, equal shares are what all folds are compared with
    ? Array<number>(k).fill(length / k)
    : partSizes(length, Array(k).fill(1 / k));
  const parts = deal(dataset, sizes, options);
  return parts.map((validation, i) => ({
    train: subset(dataset, parts.filter((_, j) => j !== i).flat()),
    validation: subset(dataset, validation),
  }));
}

/** Whole sizes whose running sums are the rounded running sums of the fractions. */
function partSizes(length: number, fractions: readonly number[]): number[] {
  const wanted = `split: the parts [${fractions.join(", ")}]`;
  if (fractions.length === 0 || !fractions.every((f) => f > 0)) {
    throw new RangeError(`${wanted} must be positive numbers`);
  }
  const counts = fractions.every(Number.isInteger) && fractions.some((f) => f > 1);
  const unit = counts ? 1 : length;
  let sum = 0;
  let used = 0;
  const sizes = fractions.map((fraction) => {
    sum += fraction * unit;
    const size = Math.round(sum) - used;
    used += size;
    return size;
  });
  if (sum > length * (1 + 1e-9)) {
    throw new RangeError(`${wanted} add up to more than ${counts ? `the ${length} examples` : 1}`);
  }
  const empty = sizes.indexOf(0);
  if (empty >= 0) throw new RangeError(`${wanted} of ${length} examples leave part ${empty} empty`);
  return sizes;
}

/**
 * Random indices for parts of these sizes.
 *
 * For a stratified deal the examples lie class by class, shuffled within their class, and each in
 * turn goes to the part that is furthest behind its share. So every run of examples, and hence
 * every class, is spread over the parts in proportion, up to one example or so.
 */
function deal(dataset: Dataset, sizes: readonly number[], options: SplitOptions): number[][] {
  const { seed = 0, stratify = false, groups } = options;
  if (groups) return dealGroups(dataset, sizes, { groups, stratify, seed });
  const random = new Random(seed);
  const parts = sizes.map((): number[] => []);
  if (!stratify) {
    const order = Array.from(random.shuffle(range(dataset.length)));
    return sizes.map((size) => order.splice(0, size));
  }
  const left = dataset.length - sizes.reduce((sum, size) => sum + size, 0);
  const targets = [...sizes, left];
  const dealt = [...parts, []];
  const classes = [...indicesByClass(dataset), ignoredIndices(dataset)];
  const byClass = classes.map((indices) => random.shuffle(indices));
  byClass.flat().forEach((index, position) => {
    dealt[furthestBehind(dealt, targets, (position + 1) / dataset.length)].push(index);
  });
  return parts.map((part) => random.shuffle(part));
}

function furthestBehind(dealt: number[][], targets: readonly number[], progress: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  targets.forEach((target, i) => {
    const behind = target * progress - dealt[i].length;
    if (dealt[i].length < target && behind > most) {
      best = i;
      most = behind;
    }
  });
  return best;
}

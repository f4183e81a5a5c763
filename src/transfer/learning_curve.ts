import { checkOptions } from "../base/index.ts";
import { type DataLoaderOptions, type Dataset, perClass } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { againIfLost, evaluate } from "../train/index.ts";

/** Trains a fresh model on a set, and gives it back. The seed is for fresh weights and the order of examples. */
export type WayToTrain = (trainSet: Dataset, seed: number) => Module | Promise<Module>;

export interface LearningCurveOptions {
  /** Numbers of training examples of each class. Default 5, 20, 90. */
  readonly sizes?: readonly number[];
  /** How often each is tried, with other examples and other seeds. Default 3. */
  readonly repeats?: number;
  /** What the test images go through before the model. */
  readonly transform?: DataLoaderOptions["transform"];
  /** Default 0. */
  readonly seed?: number;
  readonly onProgress?: (point: LearningPoint) => void;
}

/** How well a way to train does with so many examples. */
export interface LearningPoint {
  readonly name: string;
  /** Training examples of each class. */
  readonly size: number;
  /** On the test set, one for each repeat: the same examples for all ways. */
  readonly accuracies: readonly number[];
  readonly mean: number;
  /** Standard deviation over the repeats, of a sample; NaN for one. */
  readonly deviation: number;
  /** Mean accuracy less that of the last way with the same examples: what is gained by transfer where that is "from scratch". */
  readonly gain: number;
  /** Standard deviation of that difference over the repeats. */
  readonly gainDeviation: number;
}

const KNOWN = ["sizes", "repeats", "transform", "seed", "onProgress"];

/**
 * How ways to train compare as examples become fewer: what transfer gains over training from scratch, and where it stops to.
 *
 * @param ways by name; the last one is what the others are compared with.
 * @returns a point for each size and way, sizes in their order.
 * @throws Error naming a class with fewer training examples than the largest size.
 * @example
 * const points = await transfer.learningCurve({ transfer: fineTune, "from scratch": scratch }, trainSet, testSet);
 * console.table(points, ["size", "name", "mean", "deviation", "gain"]);
 */
export async function learningCurve(
  ways: Readonly<Record<string, WayToTrain>>,
  trainSet: Dataset,
  testSet: Dataset,
  options: LearningCurveOptions = {},
): Promise<LearningPoint[]> {
  checkOptions("learningCurve", options, KNOWN);
  const { sizes = [5, 20, 90], repeats = 3, transform, seed = 0, onProgress } = options;
  const names = Object.keys(ways);
  if (names.length === 0) throw new Error("learningCurve: name at least one way to train");
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new RangeError(
      `learningCurve: repeats must be a whole number of at least 1, not ${repeats}`,
    );
  const seeds = Array.from({ length: repeats }, (_, i) => seed + i);
  perClass(trainSet, Math.max(...sizes)); // says at once where there are too few
  const points: LearningPoint[] = [];
  for (const size of sizes) {
    const sets = seeds.map((own) => perClass(trainSet, size, { seed: own }));
    const found = new Map<string, number[]>();
    for (const name of names.toReversed()) {
      const accuracies: number[] = [];
      for (const [i, set] of sets.entries())
        accuracies.push(
          await againIfLost(async () => {
            const model = await ways[name]!(set, seeds[i]!);
            return (await evaluate(model, testSet, { transform })).accuracy;
          }),
        );
      found.set(name, accuracies);
      onProgress?.(pointOf(name, size, found));
    }
    points.push(...names.map((name) => pointOf(name, size, found)));
  }
  return points;
}

/** @param found the accuracies of all ways so far, that of the last way first. */
function pointOf(name: string, size: number, found: ReadonlyMap<string, number[]>): LearningPoint {
  const accuracies = found.get(name)!;
  const [compared] = found.values();
  const gains = accuracies.map((accuracy, i) => accuracy - compared![i]!);
  return {
    ...{ name, size, accuracies, mean: mean(accuracies), deviation: deviation(accuracies) },
    ...{ gain: mean(gains), gainDeviation: deviation(gains) },
  };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

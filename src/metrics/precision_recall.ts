import { checkOptions } from "../base/index.ts";
import {
  checkLengths,
  column,
  distinct,
  isRows,
  mean,
  type Rows,
  sum,
  type Values,
} from "./inputs.ts";

/**
 * What becomes of the classes' figures: their mean ("macro"), their mean weighted by the examples of each ("weighted"), the
 * figure of all classes' counts together ("micro"), of several labels the mean over examples ("samples"), the figure of one class
 * of two ("binary"), or all of them, by class (null).
 */
export type Average = "binary" | "macro" | "micro" | "weighted" | "samples" | null;

export interface ScoreOptions {
  /** Default "binary". */
  readonly average?: Average;
  /** The classes that count, in this order. Default: those that occur, by number. */
  readonly labels?: Values;
  /** Of "binary": the class. Default 1. */
  readonly posLabel?: number;
  /** What a share of nothing is: precision of a class that was never predicted, recall of one without examples. Default 0. */
  readonly zeroDivision?: 0 | 1;
}

const OPTIONS = ["average", "labels", "posLabel", "zeroDivision"];

/** Of each class, or their average. */
export interface PrecisionRecallFscore<T = number> {
  readonly precision: T;
  readonly recall: T;
  readonly fscore: T;
}

/** Counts of one class, or of one example with several labels. */
interface Counts {
  hits: number;
  predicted: number;
  actual: number;
}

type ByClass<O extends ScoreOptions> = O extends { readonly average: null } ? number[] : number;

/** Share of what was predicted to be of the class that is. Zero division as in scikit-learn: see the options. */
export function precisionScore<const O extends ScoreOptions>(
  yTrue: Values | Rows,
  yPred: Values | Rows,
  options?: O,
): ByClass<O> {
  return scores("precisionScore", yTrue, yPred, options ?? {}, 1).precision as ByClass<O>;
}

/** Share of the examples of the class that were predicted to be of it. */
export function recallScore<const O extends ScoreOptions>(
  yTrue: Values | Rows,
  yPred: Values | Rows,
  options?: O,
): ByClass<O> {
  return scores("recallScore", yTrue, yPred, options ?? {}, 1).recall as ByClass<O>;
}

/** Harmonic mean of precision and recall. */
export function f1Score<const O extends ScoreOptions>(
  yTrue: Values | Rows,
  yPred: Values | Rows,
  options?: O,
): ByClass<O> {
  return scores("f1Score", yTrue, yPred, options ?? {}, 1).fscore as ByClass<O>;
}

/** Harmonic mean in which recall counts `beta` times as much as precision. */
export function fbetaScore<const O extends ScoreOptions & { readonly beta: number }>(
  yTrue: Values | Rows,
  yPred: Values | Rows,
  options: O,
): ByClass<O> {
  const { beta, ...others } = options;
  if (!(beta >= 0)) throw new RangeError(`fbetaScore: beta must be at least 0, not ${beta}`);
  return scores("fbetaScore", yTrue, yPred, others, beta).fscore as ByClass<O>;
}

/** All three of each class, with the number of its examples. */
export function precisionRecallFscoreSupport(
  yTrue: Values | Rows,
  yPred: Values | Rows,
  options: Omit<ScoreOptions, "average" | "posLabel"> = {},
): PrecisionRecallFscore<number[]> & { readonly support: number[] } {
  const where = "precisionRecallFscoreSupport";
  const all = scores(where, yTrue, yPred, { ...options, average: null }, 1);
  const counts = countsByClass(yTrue, yPred, options.labels);
  const list = (values: number | number[]) => [values].flat();
  return {
    precision: list(all.precision),
    recall: list(all.recall),
    fscore: list(all.fscore),
    support: counts.map(({ actual }) => actual),
  };
}

function scores(
  where: string,
  yTrue: Values | Rows,
  yPred: Values | Rows,
  options: ScoreOptions,
  beta: number,
): PrecisionRecallFscore<number | number[]> {
  checkOptions(where, options, OPTIONS);
  checkLengths(where, { yTrue, yPred });
  if (isRows(yTrue) !== isRows(yPred))
    throw new TypeError(`${where}: yTrue and yPred must both be class numbers or both rows of 0/1`);
  const { average = "binary", zeroDivision = 0 } = options;
  const counts = countsFor(where, yTrue, yPred, { ...options, average });
  const each = counts.map((count) => scoresOf(count, beta, zeroDivision));
  const pick = (name: keyof PrecisionRecallFscore) => each.map((one) => one[name]);
  const [precision, recall, fscore] = [pick("precision"), pick("recall"), pick("fscore")];
  if (average === null) return { precision, recall, fscore };
  const weights = average === "weighted" ? counts.map(({ actual }) => actual) : undefined;
  if (weights && sum(weights) === 0) return ofNothing(counts, zeroDivision);
  return {
    precision: mean(precision, weights),
    recall: mean(recall, weights),
    fscore: mean(fscore, weights),
  };
}

/** Weighted by the examples of the classes, where these have none. */
function ofNothing(counts: readonly Counts[], zeroDivision: number): PrecisionRecallFscore {
  const nothing = counts.every(({ predicted }) => predicted === 0) ? zeroDivision : 0;
  return { precision: nothing, recall: zeroDivision, fscore: nothing };
}

function scoresOf(
  { hits, predicted, actual }: Counts,
  beta: number,
  zeroDivision: number,
): PrecisionRecallFscore {
  const precision = predicted > 0 ? hits / predicted : zeroDivision;
  const recall = actual > 0 ? hits / actual : zeroDivision;
  if (beta === Number.POSITIVE_INFINITY) return { precision, recall, fscore: recall };
  const denominator = beta ** 2 * precision + recall || 1;
  return { precision, recall, fscore: ((1 + beta ** 2) * precision * recall) / denominator };
}

function countsFor(
  where: string,
  yTrue: Values | Rows,
  yPred: Values | Rows,
  { average, labels, posLabel = 1 }: ScoreOptions,
): Counts[] {
  if (average === "binary") {
    if (isRows(yTrue) || isRows(yPred)) throw new Error(needsAverage(where, "several labels"));
    const found = distinct(yTrue, yPred);
    if (found.length > 2) throw new Error(needsAverage(where, `${found.length} classes`));
    return countsByClass(yTrue, yPred, [posLabel]);
  }
  if (average === "samples") {
    if (isRows(yTrue) && isRows(yPred))
      return yTrue.map((row, i) => totalOf(countsByClass([row], [yPred[i]!], labels)));
    throw new Error(
      `${where}: average "samples" is for several labels an example, as rows of 0 and 1`,
    );
  }
  const counts = countsByClass(yTrue, yPred, labels);
  return average === "micro" ? [totalOf(counts)] : counts;
}

const needsAverage = (where: string, what: string) =>
  `${where}: ${what} need an average: "macro", "micro", "weighted" or null (each for itself)`;

function totalOf(counts: readonly Counts[]): Counts {
  const total = (name: keyof Counts) => sum(counts.map((one) => one[name]));
  return { hits: total("hits"), predicted: total("predicted"), actual: total("actual") };
}

function countsByClass(yTrue: Values | Rows, yPred: Values | Rows, labels?: Values): Counts[] {
  if (isRows(yTrue) && isRows(yPred)) {
    const all = Array.from({ length: yTrue[0]!.length }, (_, label) => label);
    return Array.from(labels ?? all, (label) => countsOfLabel(yTrue, yPred, label));
  }
  return countsOfClasses(yTrue as Values, yPred as Values, labels);
}

function countsOfLabel(yTrue: Rows, yPred: Rows, label: number): Counts {
  const [actual, predicted] = [column(yTrue, label), column(yPred, label)];
  const hits = sum(actual.map((yes, i) => yes * predicted[i]!));
  return { hits, predicted: sum(predicted), actual: sum(actual) };
}

function countsOfClasses(yTrue: Values, yPred: Values, labels?: Values): Counts[] {
  const classes = Array.from(labels ?? distinct(yTrue, yPred));
  const counts = new Map(classes.map((label) => [label, { hits: 0, predicted: 0, actual: 0 }]));
  for (let i = 0; i < yTrue.length; i++) {
    const [actual, predicted] = [counts.get(yTrue[i]!), counts.get(yPred[i]!)];
    if (actual) actual.actual++;
    if (predicted) predicted.predicted++;
    if (actual && actual === predicted) actual.hits++;
  }
  return [...counts.values()];
}

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
  widthOf,
} from "./inputs.ts";

/**
 * Share of examples whose prediction is right; where several labels can be right (rows), of those with all labels right.
 *
 * @throws RangeError where both don't have one entry an example.
 */
export function accuracyScore(yTrue: Values | Rows, yPred: Values | Rows): number {
  checkLengths("accuracyScore", { yTrue, yPred });
  const same = (i: number) => {
    const [right, given] = [yTrue[i]!, yPred[i]!];
    if (typeof right === "number" || typeof given === "number") return right === given;
    return Array.from(right).every((value, c) => value === given[c]);
  };
  return mean(Array.from({ length: yTrue.length }, (_, i) => (same(i) ? 1 : 0)));
}

/** Mean of the recalls of the classes that occur: accuracy that doesn't favour large classes. */
export function balancedAccuracyScore(yTrue: Values, yPred: Values): number {
  const matrix = confusionMatrix(yTrue, yPred);
  const recalls = matrix.map((row, i) => row[i]! / sum(row));
  return mean(recalls.filter((recall) => !Number.isNaN(recall)));
}

/**
 * Share of examples whose class is among the `k` with the highest scores; of equal scores the later class counts as higher, as
 * in scikit-learn.
 *
 * @param yTrue class numbers, each a column of the scores.
 * @param options.k default 2.
 */
export function topKAccuracyScore(
  yTrue: Values,
  yScore: Rows,
  options: { readonly k?: number } = {},
): number {
  checkOptions("topKAccuracyScore", options, ["k"]);
  checkLengths("topKAccuracyScore", { yTrue, yScore });
  const width = widthOf("topKAccuracyScore", "yScore", yScore);
  const { k = 2 } = options;
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`topKAccuracyScore: k must be a whole number of at least 1, not ${k}`);
  const hits = yScore.map((row, i) => {
    const label = yTrue[i]!;
    if (!(label in row))
      throw new RangeError(
        `topKAccuracyScore: example ${i} is of class ${label}, of which yScore (${width} columns) has no score`,
      );
    const own = row[label]!;
    const before = Array.from(row).filter((v, c) => v > own || (v === own && c > label));
    return before.length < k ? 1 : 0;
  });
  return mean(hits);
}

export interface ConfusionMatrixOptions {
  /** The classes, in the order of rows and columns; others don't count. Default: those that occur, by number. */
  readonly labels?: Values;
  /** Shares of the true class (rows), of the predicted one (columns) or of all, where nothing is divided by nothing. */
  readonly normalize?: "true" | "pred" | "all";
}

/** How often each class (row) was predicted to be each (column). */
export function confusionMatrix(
  yTrue: Values,
  yPred: Values,
  options: ConfusionMatrixOptions = {},
): number[][] {
  checkOptions("confusionMatrix", options, ["labels", "normalize"]);
  checkLengths("confusionMatrix", { yTrue, yPred });
  const labels = Array.from(options.labels ?? distinct(yTrue, yPred));
  const places = new Map(labels.map((label, i) => [label, i]));
  const counts = labels.map(() => new Array<number>(labels.length).fill(0));
  for (let i = 0; i < yTrue.length; i++) {
    const [row, col] = [places.get(yTrue[i]!), places.get(yPred[i]!)];
    if (row !== undefined && col !== undefined) counts[row]![col]!++;
  }
  return options.normalize ? normalized(counts, options.normalize) : counts;
}

function normalized(counts: number[][], by: "true" | "pred" | "all"): number[][] {
  const columns = counts.map((_, c) => sum(column(counts, c)));
  const all = sum(columns);
  return counts.map((row) => {
    const own = sum(row);
    return row.map((n, c) => n / ((by === "true" ? own : by === "pred" ? columns[c]! : all) || 1));
  });
}

/**
 * Mean of −log of the probability that was given to what is right: cross-entropy. Where several labels can be right (rows of 0 and
 * 1), the mean over examples and labels, as of `BCELoss`.
 *
 * @param probabilities a row an example. 0 counts as the smallest step of float64, as in scikit-learn.
 */
export function logLoss(yTrue: Values | Rows, probabilities: Rows): number {
  checkLengths("logLoss", { yTrue, probabilities });
  const surprise = (p: number) => -Math.log(Math.max(p, Number.EPSILON));
  if (!isRows(yTrue))
    return mean(probabilities.map((row, i) => surprise(row[yTrue[i]!]! / sum(row))));
  return mean(
    probabilities.map((row, i) =>
      mean(Array.from(row, (p, c) => surprise(yTrue[i]![c]! > 0.5 ? p : 1 - p))),
    ),
  );
}

import { checkOptions } from "../base/index.ts";
import { precisionRecallCurve } from "./curves.ts";
import { checkLengths, column, type Rows, widthOf } from "./inputs.ts";

export interface ThresholdOptions {
  /** Times that recall counts as much as precision. Default 1: F1. */
  readonly beta?: number;
}

/**
 * For each label the threshold with the highest F score: to be chosen on validation data, and then applied to others with
 * `applyThresholds`. A label without examples in the data keeps 0.5.
 *
 * @param yTrue rows of 0 and 1, an entry for each label.
 * @param yScore rows of scores, such as probabilities. A score that is the threshold or more means yes.
 * @returns a threshold for each label.
 */
export function chooseThresholds(
  yTrue: Rows,
  yScore: Rows,
  options: ThresholdOptions = {},
): number[] {
  checkOptions("chooseThresholds", options, ["beta"]);
  checkLengths("chooseThresholds", { yTrue, yScore });
  const width = widthOf("chooseThresholds", "yTrue", yTrue);
  if (widthOf("chooseThresholds", "yScore", yScore) !== width)
    throw new RangeError(
      `chooseThresholds: yTrue has ${width} labels, yScore ${yScore[0]!.length}`,
    );
  const square = (options.beta ?? 1) ** 2;
  return Array.from({ length: width }, (_, label) => {
    const truth = column(yTrue, label);
    if (!truth.includes(1)) return 0.5;
    const { precision, recall, thresholds } = precisionRecallCurve(truth, column(yScore, label));
    const fscores = thresholds.map((_, i) => {
      const [p, r] = [precision[i]!, recall[i]!];
      return ((1 + square) * p * r) / (square * p + r || 1);
    });
    return thresholds[fscores.lastIndexOf(Math.max(...fscores))]!;
  });
}

/** 1 where a label's score is its threshold or more, else 0. */
export function applyThresholds(yScore: Rows, thresholds: ArrayLike<number>): Uint8Array[] {
  return yScore.map((row) => Uint8Array.from(row, (score, c) => (score >= thresholds[c]! ? 1 : 0)));
}

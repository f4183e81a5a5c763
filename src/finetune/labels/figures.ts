import {
  applyThresholds,
  averagePrecisionScore,
  f1Score,
  precisionRecallFscoreSupport,
} from "../../metrics/index.ts";
import type { LabelAnswers } from "./answers.ts";

/** How one of several labels was given. */
export interface LabelScores {
  readonly name: string;
  /** How many pictures have it. */
  readonly support: number;
  /** It is said of a picture whose probability of it is this or more. */
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Whatever the threshold; null where no picture has it. */
  readonly averagePrecision: number | null;
}

/** How good a network with several labels a picture is. */
export interface LabelFigures {
  /** Mean over labels. */
  readonly macroF1: number;
  /** Of all labels of all pictures together. */
  readonly microF1: number;
  /** mAP: the mean of the labels' average precisions, of those that some picture has. */
  readonly meanAveragePrecision: number;
  /** Share of pictures with every label right. */
  readonly exact: number;
  readonly labels: readonly LabelScores[];
}

/** The figures as scikit-learn has them. */
export function labelFigures(
  { truth, probabilities }: LabelAnswers,
  thresholds: readonly number[],
  classes: readonly string[],
): LabelFigures {
  const said = applyThresholds(probabilities, thresholds);
  const each = precisionRecallFscoreSupport(truth, said);
  const averages = averagePrecisionScore(truth, probabilities, { average: null });
  const labels = classes.map((name, c) => ({
    ...{ name, support: each.support[c]!, threshold: thresholds[c]! },
    ...{ precision: each.precision[c]!, recall: each.recall[c]!, f1: each.fscore[c]! },
    averagePrecision: each.support[c]! > 0 ? averages[c]! : null,
  }));
  const known = labels.flatMap(({ averagePrecision }) => averagePrecision ?? []);
  const right = truth.filter((row, i) => row.every((value, c) => value === said[i]![c]));
  return {
    macroF1: f1Score(truth, said, { average: "macro" }),
    microF1: f1Score(truth, said, { average: "micro" }),
    meanAveragePrecision: known.reduce((sum, value) => sum + value, 0) / known.length,
    exact: right.length / truth.length,
    labels,
  };
}

import { checkOptions } from "../base/index.ts";
import { auc, precisionRecallCurve, rocCurve } from "./curves.ts";
import {
  checkLengths,
  column,
  indicator,
  isRows,
  mean,
  type Rows,
  sum,
  type Values,
  widthOf,
} from "./inputs.ts";

export interface RankingOptions {
  /**
   * Of more than two classes (each against the rest) or several labels: the mean of their figures ("macro", the default), weighted
   * by the examples of each ("weighted"), the figure of all answers together ("micro"), of several labels the mean over examples
   * ("samples"), or all of them, by class (null).
   */
  readonly average?: "macro" | "weighted" | "micro" | "samples" | null;
}

type ByClass<O extends RankingOptions> = O extends { readonly average: null } ? number[] : number;

/** The scores of one class, or one label, and which examples are of it. */
interface Question {
  readonly truth: Float64Array;
  readonly score: Values;
}

/**
 * Area under the ROC curve: how likely a positive example has a higher score than a negative one.
 *
 * @param yTrue class numbers, or for several labels rows of 0 and 1.
 * @param yScore for two classes the score of class 1, else a row an example with the score of each class or label.
 * @throws Error naming a class without examples, or with nothing but.
 */
export function rocAucScore<const O extends RankingOptions>(
  yTrue: Values | Rows,
  yScore: Values | Rows,
  options?: O,
): ByClass<O> {
  const area = ({ truth, score }: Question, name: string) => {
    const positives = sum(truth);
    if (positives === 0 || positives === truth.length)
      throw new Error(
        `rocAucScore: ${name} has ${positives === 0 ? "no" : "only"} positive examples, so there is nothing to rank`,
      );
    const { fpr, tpr } = rocCurve(truth, score);
    return auc(fpr, tpr);
  };
  return averaged("rocAucScore", yTrue, yScore, options ?? {}, area) as ByClass<O>;
}

/**
 * Mean precision over the steps of the precision-recall curve, each weighted by its rise in recall; 0 for a class without examples.
 * Parameters as of `rocAucScore`.
 */
export function averagePrecisionScore<const O extends RankingOptions>(
  yTrue: Values | Rows,
  yScore: Values | Rows,
  options?: O,
): ByClass<O> {
  const area = ({ truth, score }: Question) => {
    const { precision, recall } = precisionRecallCurve(truth, score);
    return recall
      .slice(0, -1)
      .reduce((total, at, i) => total + (at - recall[i + 1]!) * precision[i]!, 0);
  };
  return averaged("averagePrecisionScore", yTrue, yScore, options ?? {}, area) as ByClass<O>;
}

function averaged(
  where: string,
  yTrue: Values | Rows,
  yScore: Values | Rows,
  options: RankingOptions,
  of: (question: Question, name: string) => number,
): number | number[] {
  checkOptions(where, options, ["average"]);
  checkLengths(where, { yTrue, yScore });
  const { average = "macro" } = options;
  if (!isRows(yScore)) {
    if (isRows(yTrue)) throw new TypeError(`${where}: several labels need a row of scores each`);
    return of({ truth: indicator(yTrue, 1), score: yScore }, "class 1");
  }
  const questions = questionsOf(where, yTrue, yScore);
  if (average === "micro") return of(joined(questions), "the whole");
  if (average === "samples") return mean(transposed(questions).map((q, i) => of(q, `row ${i}`)));
  const what = isRows(yTrue) ? "label" : "class";
  const binary = !isRows(yTrue) && questions.length === 2;
  const each = questions.map((question, i) => of(question, `${what} ${i}`));
  if (binary) return average === null ? each : each[1]!;
  if (average === null) return each;
  const weights = questions.map(({ truth }) => sum(truth));
  return mean(each, average === "weighted" ? weights : undefined);
}

function questionsOf(where: string, yTrue: Values | Rows, yScore: Rows): Question[] {
  const width = widthOf(where, "yScore", yScore);
  const several = isRows(yTrue);
  if (several && widthOf(where, "yTrue", yTrue) !== width)
    throw new RangeError(`${where}: yTrue has ${yTrue[0]!.length} labels, yScore ${width}`);
  return Array.from({ length: width }, (_, c) => ({
    truth: several ? column(yTrue, c) : indicator(yTrue, c),
    score: column(yScore, c),
  }));
}

function joined(questions: readonly Question[]): Question {
  const all = (pick: (question: Question) => Values) =>
    Float64Array.from(questions.flatMap((question) => Array.from(pick(question))));
  return { truth: all(({ truth }) => truth), score: all(({ score }) => score) };
}

/** A question an example in place of one a label. */
function transposed(questions: readonly Question[]): Question[] {
  const truths = questions.map(({ truth }) => truth);
  const scores = questions.map(({ score }) => score);
  return Array.from(truths[0]!, (_, i) => ({ truth: column(truths, i), score: column(scores, i) }));
}

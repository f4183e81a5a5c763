import { checkOptions } from "../base/index.ts";
import type { Prediction } from "../train/index.ts";

/** An example whose predicted class isn't its own. */
export interface Mistake {
  /** Its place among the predictions. */
  readonly index: number;
  readonly label: number;
  readonly prediction: Prediction;
  /** −log of the probability that its own class was given. */
  readonly loss: number;
}

/**
 * The examples that a network gets wrong most surely, the highest loss first.
 *
 * @param yTrue each example's class: of a dataset, `data.labelsOf(set)`.
 * @param predictions of the same examples: see `predict`.
 * @param options.count how many at most. Default 12.
 */
export function worstMistakes(
  yTrue: ArrayLike<number>,
  predictions: readonly Prediction[],
  options: { readonly count?: number } = {},
): Mistake[] {
  checkOptions("worstMistakes", options, ["count"]);
  if (yTrue.length !== predictions.length)
    throw new RangeError(
      `worstMistakes: ${yTrue.length} labels, but ${predictions.length} predictions`,
    );
  const mistakes = predictions.flatMap((prediction, index): Mistake[] => {
    const label = yTrue[index]!;
    const own = prediction.probabilities[label];
    if (prediction.label === label || own === undefined) return [];
    return [{ index, label, prediction, loss: -Math.log(Math.max(own, Number.MIN_VALUE)) }];
  });
  return mistakes.sort((a, b) => b.loss - a.loss).slice(0, options.count ?? 12);
}

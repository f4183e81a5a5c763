import { checkOptions } from "../base/index.ts";
import { checkLengths, indicator, isRows, mean, type Rows, type Values } from "./inputs.ts";

/** Examples whose confidence lies between two bounds. */
export interface CalibrationBin {
  /** Bounds of the confidence: above `from`, up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Their mean confidence; NaN where there are none. */
  readonly confidence: number;
  /** Share of them that is right; NaN where there are none. */
  readonly accuracy: number;
}

export interface CalibrationOptions {
  /** Bins of equal width. Default 15, as in the paper. */
  readonly bins?: number;
}

/**
 * What a reliability diagram shows: examples by how sure the network was of its answer, with how often it was right. (C. Guo et al.,
 * "On Calibration of Modern Neural Networks", ICML 2017.) Where several labels can be right, each answer yes or no counts, with the
 * probability that was given to it.
 *
 * @param yTrue class numbers, or for several labels rows of 0 and 1.
 * @param probabilities a row an example.
 */
export function reliabilityDiagram(
  yTrue: Values | Rows,
  probabilities: Rows,
  options: CalibrationOptions = {},
): CalibrationBin[] {
  checkOptions("reliabilityDiagram", options, ["bins"]);
  checkLengths("reliabilityDiagram", { yTrue, probabilities });
  const { bins = 15 } = options;
  if (!Number.isInteger(bins) || bins < 1)
    throw new RangeError(
      `reliabilityDiagram: bins must be a whole number of at least 1, not ${bins}`,
    );
  const answers = isRows(yTrue)
    ? probabilities.flatMap((row, i) => labelAnswers(row, yTrue[i]!))
    : probabilities.map((row, i) => classAnswer(row, yTrue[i]!));
  return Array.from({ length: bins }, (_, b) => {
    const [from, to] = [b / bins, (b + 1) / bins];
    const inside = answers.filter(
      ({ confidence: p }) => (p > from || (b === 0 && p <= from)) && (p <= to || b === bins - 1),
    );
    const confidence = mean(inside.map((answer) => answer.confidence));
    const accuracy = mean(inside.map(({ right }) => right));
    return { from, to, count: inside.length, confidence, accuracy };
  });
}

/**
 * Expected calibration error: how far, on average over the examples, confidence is from accuracy in a bin of the reliability diagram.
 * 0 for a network that is right as often as it says.
 */
export function expectedCalibrationError(
  yTrue: Values | Rows,
  probabilities: Rows,
  options: CalibrationOptions = {},
): number {
  const filled = reliabilityDiagram(yTrue, probabilities, options).filter(({ count }) => count > 0);
  const gaps = filled.map(({ confidence, accuracy }) => Math.abs(confidence - accuracy));
  return mean(
    gaps,
    filled.map(({ count }) => count),
  );
}

/**
 * Share of positive examples against the mean probability that was given to being one, in bins of equal width that aren't empty: as
 * scikit-learn's function of the name, for two classes.
 *
 * @param options.nBins default 5.
 */
export function calibrationCurve(
  yTrue: Values,
  yProb: Values,
  options: { readonly nBins?: number; readonly posLabel?: number } = {},
): { readonly probTrue: number[]; readonly probPred: number[] } {
  checkOptions("calibrationCurve", options, ["nBins", "posLabel"]);
  checkLengths("calibrationCurve", { yTrue, yProb });
  const { nBins = 5, posLabel = 1 } = options;
  const positive = indicator(yTrue, posLabel);
  const bins = Array.from({ length: nBins }, () => ({
    truth: [] as number[],
    prob: [] as number[],
  }));
  Array.from(yProb).forEach((p, i) => {
    if (!(p >= 0 && p <= 1))
      throw new RangeError(`calibrationCurve: yProb ${i} is ${p}, not between 0 and 1`);
    const bin = bins[Math.max(0, Math.ceil(p * nBins) - 1)]!;
    bin.truth.push(positive[i]!);
    bin.prob.push(p);
  });
  const filled = bins.filter(({ prob }) => prob.length > 0);
  return {
    probTrue: filled.map(({ truth }) => mean(truth)),
    probPred: filled.map(({ prob }) => mean(prob)),
  };
}

interface Answer {
  readonly confidence: number;
  /** 1 or 0. */
  readonly right: number;
}

function classAnswer(probabilities: Values, label: number): Answer {
  const list = Array.from(probabilities);
  const confidence = Math.max(...list);
  return { confidence, right: list.indexOf(confidence) === label ? 1 : 0 };
}

function labelAnswers(probabilities: Values, labels: Values): Answer[] {
  return Array.from(probabilities, (p, c) => {
    const yes = p > 0.5;
    return { confidence: yes ? p : 1 - p, right: yes === labels[c]! > 0.5 ? 1 : 0 };
  });
}

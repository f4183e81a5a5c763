import {
  accuracyScore,
  averagePrecisionScore,
  balancedAccuracyScore,
  bootstrap,
  expectedCalibrationError,
  f1Score,
  fitTemperature,
  precisionRecallFscoreSupport,
  reliabilityDiagram,
  softmax,
} from "../../metrics/index.ts";
import type { CalibrationReport, ClassReport, Figure } from "../../report/index.ts";
import type { Prediction } from "../../train/index.ts";

/** What a network said of pictures, and what they are. */
export interface Answers {
  readonly labels: Int32Array;
  readonly predictions: readonly Prediction[];
  readonly classes: readonly string[];
}

/** Of more draws of many pictures nobody would see a difference. */
export const drawsFor = (pictures: number) => (pictures > 20_000 ? 200 : 1000);
const BINS = 10;

/** The figures of all pictures together and of each class, with their intervals. */
export function figuresOf({ labels, predictions, classes }: Answers): {
  figures: Figure[];
  perClass: ClassReport[];
} {
  const predicted = predictions.map(({ label }) => label);
  const inTop5 = predictions.map(({ probabilities }, i) => rankOf(probabilities, labels[i]!) < 5);
  const all = classes.map((_, label) => label);
  const each = (yTrue: ArrayLike<number>, yPred: ArrayLike<number>) =>
    precisionRecallFscoreSupport(yTrue, yPred, { labels: all });
  const wholes = (yTrue: ArrayLike<number>, yPred: ArrayLike<number>, top5: readonly boolean[]) => [
    { name: "accuracy", value: accuracyScore(yTrue, yPred) },
    { name: "mean recall of classes", value: balancedAccuracyScore(yTrue, yPred) },
    { name: "macro F1", value: f1Score(yTrue, yPred, { average: "macro" }) },
    ...(classes.length > 5
      ? [{ name: "among the best five", value: top5.filter(Boolean).length / top5.length }]
      : []),
  ];
  const found = wholes(labels, predicted, inTop5);
  const intervals = bootstrap(
    [labels, predicted, inTop5],
    (yTrue, yPred, top5) => [
      ...wholes(yTrue, yPred, top5).map(({ value }) => value),
      ...each(yTrue, yPred).fscore,
    ],
    { resamples: drawsFor(labels.length) },
  );
  const bounds = intervals.map(({ low, high }) => ({ low, high }));
  const { precision, recall, fscore, support } = each(labels, predicted);
  const averagePrecision = averagePrecisionScore(labels, probabilitiesOf(predictions), {
    average: null,
  });
  return {
    figures: found.map((figure, i) => ({ ...figure, ...bounds[i]! })),
    perClass: classes.map((name, c) => ({
      name,
      support: support[c]!,
      precision: precision[c]!,
      recall: recall[c]!,
      f1: { value: fscore[c]!, ...bounds[found.length + c]! },
      averagePrecision: support[c]! > 0 ? averagePrecision[c]! : null,
    })),
  };
}

/** Whether it is right as often as it says, and what would make it so. */
export function calibrationOf({ labels, predictions }: Answers): CalibrationReport {
  const probabilities = probabilitiesOf(predictions);
  const outputs = predictions.map((one) => one.outputs);
  const temperature = fitTemperature(labels, outputs);
  const options = { bins: BINS };
  const after = softmax(outputs, { temperature });
  return {
    error: expectedCalibrationError(labels, probabilities, options),
    bins: reliabilityDiagram(labels, probabilities, options),
    temperature,
    errorAfter: expectedCalibrationError(labels, after, options),
  };
}

const probabilitiesOf = (predictions: readonly Prediction[]) =>
  predictions.map(({ probabilities }) => probabilities);

function rankOf(probabilities: Float32Array, label: number): number {
  return probabilities.filter((p) => p > probabilities[label]!).length;
}

import { applyThresholds, bootstrap, precisionRecallCurve } from "../../metrics/index.ts";
import type {
  ClassReport,
  Figure,
  MistakeReport,
  PrecisionRecallReport,
} from "../../report/index.ts";
import type { LabelAnswers } from "../labels/answers.ts";
import { type LabelFigures, labelFigures } from "../labels/figures.ts";
import { drawsFor } from "./figures.ts";
import type { AskedPicture } from "./pictures.ts";

/** Points of a curve that can be told apart. */
const MOST_POINTS = 100;

const wholesOf = ({ macroF1, microF1, meanAveragePrecision, exact }: LabelFigures) => [
  { name: "macro F1", value: macroF1 },
  { name: "micro F1", value: microF1 },
  { name: "mean average precision", value: meanAveragePrecision },
  { name: "all labels right", value: exact },
];

/** The figures of all labels together and of each, with their intervals. */
export function labelFiguresOf(
  answers: LabelAnswers,
  thresholds: readonly number[],
  classes: readonly string[],
): { figures: Figure[]; perClass: ClassReport[] } {
  const found = labelFigures(answers, thresholds, classes);
  const wholes = wholesOf(found);
  const intervals = bootstrap(
    [answers.truth, answers.probabilities],
    (truth, probabilities) => {
      const drawn = labelFigures({ truth, probabilities }, thresholds, classes);
      return [...wholesOf(drawn).map(({ value }) => value), ...drawn.labels.map(({ f1 }) => f1)];
    },
    { resamples: drawsFor(answers.truth.length) },
  );
  const bounds = intervals.map(({ low, high }) => ({ low, high }));
  return {
    figures: wholes.map((figure, i) => ({ ...figure, ...bounds[i]! })),
    perClass: found.labels.map(({ f1, ...label }, c) => ({
      ...label,
      f1: { value: f1, ...bounds[wholes.length + c]! },
    })),
  };
}

/** Each label's curve, those that are ranked worst first. */
export function precisionRecallOf(
  { truth, probabilities }: LabelAnswers,
  perClass: readonly ClassReport[],
): PrecisionRecallReport[] {
  const known = [...perClass.entries()].flatMap(([c, { name, averagePrecision }]) =>
    averagePrecision === null ? [] : [{ c, name, averagePrecision }],
  );
  known.sort((a, b) => a.averagePrecision - b.averagePrecision);
  return known.map(({ c, name }) => {
    const column = (rows: readonly Float32Array[]) => rows.map((row) => row[c]!);
    const { precision, recall } = precisionRecallCurve(column(truth), column(probabilities));
    const every = Math.ceil(recall.length / MOST_POINTS);
    const points = recall.map((at, i) => ({ recall: at, precision: precision[i]! }));
    return { name, points: points.filter((_, i) => i % every === 0 || i === points.length - 1) };
  });
}

/** The labels that it was most wrong about: those it found least likely to be as they are. */
export function labelMistakes(
  { truth, probabilities }: LabelAnswers,
  thresholds: readonly number[],
  classes: readonly string[],
  count: number,
): (AskedPicture & Omit<MistakeReport, "name">)[] {
  const said = applyThresholds(probabilities, thresholds);
  const wrong = truth.flatMap((row, index) =>
    Array.from(row.keys()).flatMap((asked) => {
      if (row[asked] === said[index]![asked]) return [];
      const likely = probabilities[index]![asked]!;
      const names = [`no ${classes[asked]}`, classes[asked]!];
      const [label, predicted] = row[asked] === 1 ? [names[1]!, names[0]!] : [names[0]!, names[1]!];
      const probabilityOfLabel = row[asked] === 1 ? likely : 1 - likely;
      return [
        { index, asked, label, probabilityOfLabel, predicted, probability: 1 - probabilityOfLabel },
      ];
    }),
  );
  return wrong.sort((a, b) => a.probabilityOfLabel - b.probabilityOfLabel).slice(0, count);
}

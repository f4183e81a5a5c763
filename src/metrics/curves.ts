import { checkOptions } from "../base/index.ts";
import { checkLengths, indicator, type Values } from "./inputs.ts";

/** Points from the highest threshold, above which nothing is positive, to the lowest. */
export interface RocCurve {
  /** False positives as a share of all negatives; NaN where there are none. */
  readonly fpr: number[];
  /** True positives as a share of all positives; NaN where there are none. */
  readonly tpr: number[];
  readonly thresholds: number[];
}

export interface RocOptions {
  /** The class that is positive. Default 1. */
  readonly posLabel?: number;
  /** Leave out points on a line between others. Default true. */
  readonly dropIntermediate?: boolean;
}

/** Receiver operating characteristic of scores for two classes: the higher a score, the likelier the positive one. */
export function rocCurve(yTrue: Values, yScore: Values, options: RocOptions = {}): RocCurve {
  checkOptions("rocCurve", options, ["posLabel", "dropIntermediate"]);
  const { posLabel = 1, dropIntermediate = true } = options;
  const all = stepsOf("rocCurve", yTrue, yScore, posLabel);
  const corner = (i: number) => {
    const [a, b, c] = [all[i - 1], all[i]!, all[i + 1]];
    if (!a || !c) return true;
    return a.fps + c.fps !== 2 * b.fps || a.tps + c.tps !== 2 * b.tps;
  };
  const kept = dropIntermediate && all.length > 2 ? all.filter((_, i) => corner(i)) : all;
  const { fps: negatives, tps: positives } = all.at(-1)!;
  const steps = [{ fps: 0, tps: 0, threshold: kept[0]!.threshold + 1 }, ...kept];
  return {
    fpr: steps.map(({ fps }) => fps / (negatives || Number.NaN)),
    tpr: steps.map(({ tps }) => tps / (positives || Number.NaN)),
    thresholds: steps.map(({ threshold }) => threshold),
  };
}

/** Points from the lowest threshold to the highest, and one of precision 1 and recall 0, which has none. */
export interface PrecisionRecallCurve {
  readonly precision: number[];
  /** 1 where there are no positives. */
  readonly recall: number[];
  readonly thresholds: number[];
}

/** Precision and recall of scores for two classes, for each score as the threshold. @param options.posLabel default 1. */
export function precisionRecallCurve(
  yTrue: Values,
  yScore: Values,
  options: { readonly posLabel?: number } = {},
): PrecisionRecallCurve {
  checkOptions("precisionRecallCurve", options, ["posLabel"]);
  const steps = stepsOf("precisionRecallCurve", yTrue, yScore, options.posLabel ?? 1).reverse();
  const positives = steps[0]!.tps;
  return {
    precision: [...steps.map(({ fps, tps }) => tps / (tps + fps)), 1],
    recall: [...steps.map(({ tps }) => (positives > 0 ? tps / positives : 1)), 0],
    thresholds: steps.map(({ threshold }) => threshold),
  };
}

/** Area under a curve by trapezoids. @throws RangeError where `x` goes both up and down, or for fewer than two points. */
export function auc(x: Values, y: Values): number {
  checkLengths("auc", { x, y });
  if (x.length < 2) throw new RangeError("auc: a curve needs at least two points");
  const steps = Array.from({ length: x.length - 1 }, (_, i) => x[i + 1]! - x[i]!);
  const falls = steps.some((step) => step < 0);
  if (falls && steps.some((step) => step > 0))
    throw new RangeError("auc: x must rise or fall all along");
  const area = steps.reduce((total, step, i) => total + (step * (y[i]! + y[i + 1]!)) / 2, 0);
  return falls ? -area : area;
}

interface Step {
  readonly threshold: number;
  /** Positives with a score of at least the threshold. */
  readonly tps: number;
  /** Negatives with such a score. */
  readonly fps: number;
}

/** For each score that occurs, from the highest on. */
function stepsOf(where: string, yTrue: Values, yScore: Values, posLabel: number): Step[] {
  checkLengths(where, { yTrue, yScore });
  const positive = indicator(yTrue, posLabel);
  const order = Array.from(positive.keys()).sort((a, b) => yScore[b]! - yScore[a]!);
  const steps: Step[] = [];
  let tps = 0;
  order.forEach((row, i) => {
    const threshold = yScore[row]!;
    if (Number.isNaN(threshold)) throw new RangeError(`${where}: score ${row} is NaN`);
    tps += positive[row]!;
    if (i + 1 < order.length && yScore[order[i + 1]!] === threshold) return;
    steps.push({ threshold, tps, fps: i + 1 - tps });
  });
  return steps;
}

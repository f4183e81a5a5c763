import { checkOptions } from "../../base/index.ts";
import type { Rows, Values } from "../../metrics/index.ts";
import type { Metric, MetricBatch } from "./metric.ts";

/** All examples so far, one after the other. */
interface Seen {
  targets: number[];
  answers: number[];
  /** Entries an example; 0 for a number each. */
  widths: { targets: number; answers: number };
}

export interface ScorerOptions {
  /** What the function is given beside the targets. Default "predictions". */
  readonly needs?: "predictions" | "outputs";
}

/**
 * A metric of a function that needs all examples at once, such as those of `metrics`: for `Trainer` and `evaluate`. What it
 * has seen is kept, so it takes memory with the examples.
 *
 * @param name what its results are found under.
 * @param score is given the right classes and the predicted ones, or rows of 0 and 1 where several labels can be right; with `needs:
 *   "outputs"` the model's outputs, a row an example.
 * @example
 * const f1 = metrics.makeScorer("f1", (yTrue, yPred) => metrics.f1Score(yTrue, yPred, { average: "macro" }));
 * const { metrics: { f1 } } = await evaluate(model, set, { metrics: f1 });
 */
export function makeScorer(
  name: string,
  score: (yTrue: Values | Rows, answers: Values | Rows) => number,
  options: ScorerOptions = {},
): Metric<Seen> {
  checkOptions("makeScorer", options, ["needs"]);
  const { needs = "predictions" } = options;
  return {
    name,
    reads: needs,
    reset: () => ({ targets: [], answers: [], widths: { targets: 0, answers: 0 } }),
    update(seen, batch) {
      const answers = needs === "outputs" ? batch.outputs : batch.predictions;
      seen.widths = widthsOf(batch, needs === "outputs");
      for (let i = 0; i < batch.targets.length; i++) seen.targets.push(batch.targets[i]!);
      for (let i = 0; i < answers.length; i++) seen.answers.push(answers[i]!);
    },
    compute({ targets, answers, widths }) {
      if (answers.length === 0) return Number.NaN;
      return score(shaped(targets, widths.targets), shaped(answers, widths.answers));
    },
  };
}

function widthsOf({ kind, width, targets, count }: MetricBatch, outputs: boolean): Seen["widths"] {
  const perExample = targets.length / count;
  const several = kind === "classes" ? 0 : perExample;
  return { targets: several, answers: outputs ? width : several };
}

function shaped(values: readonly number[], width: number): Values | Rows {
  if (width === 0) return values;
  const rows = values.length / width;
  return Array.from({ length: rows }, (_, i) => values.slice(i * width, (i + 1) * width));
}

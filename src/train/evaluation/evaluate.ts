import type { DataLoader } from "../../data/index.ts";
import type { Loss } from "../../nn/index.ts";
import { type PendingResult, readLater } from "../loop/step_result.ts";
import type { StepInputs } from "../loop/steps.ts";
import type { LabelCheck } from "../loss/label_check.ts";
import { type CountedTargets, joinLosses, TargetReader } from "../loss/targets.ts";
import { accuracy, balancedAccuracy } from "../metrics/builtin.ts";
import {
  computeMetrics,
  type Metric,
  type MetricStates,
  metricBatch,
  updateMetrics,
} from "../metrics/metric.ts";
import { ScoreCounter, type Scores } from "../metrics/scores.ts";
import type { captureEvaluation } from "./evaluation_step.ts";

/** Results on a dataset. Examples whose label the loss ignores count nowhere. */
export interface Evaluation extends Scores {
  /** Over the whole dataset, as if it had been one batch. NaN where nothing counts. */
  loss: number;
  /** Share of examples classified right; where several labels can be right, of all labels. NaN for values. */
  accuracy: number;
  /** Examples that count. */
  count: number;
  /** Mean of the classes' recalls: accuracy that doesn't favour large classes. */
  balancedAccuracy: number;
  /** The figures of the metrics that were asked for, by name. */
  metrics: Record<string, number>;
}

const STANDARD = [accuracy, balancedAccuracy];

/** Adds up what evaluation steps give. */
class Judge {
  readonly #loss: Loss;
  readonly #asked: readonly Metric[];
  readonly #figures: MetricStates = {};
  /** The states of the metrics that every evaluation has, whatever else is asked for. */
  readonly #standard: MetricStates = {};
  readonly #scores = new ScoreCounter();
  readonly #parts: { loss: number; weight: number }[] = [];
  #count = 0;

  constructor(loss: Loss, metrics: readonly Metric[]) {
    this.#loss = loss;
    this.#asked = metrics;
  }

  async add(counted: CountedTargets, size: number, pending: PendingResult): Promise<void> {
    const loss = await pending.loss;
    const [predictions, outputs] = await Promise.all([pending.predictions, pending.outputs]);
    this.#parts.push({ loss, weight: counted.weight });
    this.#count += counted.rows.length;
    const batch = metricBatch(counted, size, predictions, outputs);
    this.#scores.add(batch);
    updateMetrics(STANDARD, this.#standard, batch);
    updateMetrics(this.#asked, this.#figures, batch);
  }

  evaluation(classes: readonly string[]): Evaluation {
    const standard = computeMetrics(STANDARD, this.#standard);
    return {
      loss: joinLosses(this.#loss, this.#parts),
      accuracy: standard.accuracy!,
      count: this.#count,
      ...this.#scores.scores(classes),
      balancedAccuracy: standard.balancedAccuracy!,
      metrics: computeMetrics(this.#asked, this.#figures),
    };
  }
}

/** What an evaluation is made of. */
export interface EvaluationParts {
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  readonly step: ReturnType<typeof captureEvaluation>;
  readonly labels: LabelCheck;
}

/** Runs the model over a loader. While a batch is read back the next one is under way. */
export async function evaluateLoader(
  { loss, metrics, step, labels }: EvaluationParts,
  loader: DataLoader,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const targets = new TargetReader(loss);
  await targets.prepare();
  const judge = new Judge(loss, metrics);
  let added: Promise<void> = Promise.resolve();
  for await (const batch of loader.batches()) {
    signal?.throwIfAborted();
    const { images, labels: given, indices, others = [] } = batch;
    const counted = targets.read(batch);
    if (counted.rows.length === 0) continue;
    const inputs: StepInputs = [images, given, ...others];
    if (!step.isRecorded(...inputs)) await step.compile(inputs);
    labels.check(batch, loader.dataset);
    const pending = readLater(step(...inputs));
    const before = added;
    added = before.then(() => judge.add(counted, indices.length, pending));
    added.catch(() => {}); // awaited once the next batch has begun
    await before;
  }
  await added;
  return judge.evaluation(loader.dataset.classes ?? []);
}

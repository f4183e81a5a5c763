import type { Loss } from "../../nn/index.ts";
import { type CountedTargets, joinLosses } from "../loss/targets.ts";
import { accuracy } from "../metrics/builtin.ts";
import {
  computeMetrics,
  type Metric,
  type MetricBatch,
  type MetricStates,
  metricBatch,
  updateMetrics,
} from "../metrics/metric.ts";
import type { Totals } from "../state/position.ts";
import type { PendingResult } from "./step_result.ts";

/** A batch whose results are on their way. */
export interface Part {
  readonly pending: PendingResult;
  readonly counted: CountedTargets;
  /** How many examples it has, ignored ones too. */
  readonly size: number;
}

/** What a step came to, once read. */
export interface Outcome {
  readonly loss: number;
  /** What the step's mean divides by. */
  readonly weight: number;
  readonly batches: readonly MetricBatch[];
  /** Examples that were run. */
  readonly size: number;
}

/** The figures that events show. */
export interface Figures {
  /** undefined where no class was predicted. */
  readonly accuracy: number | undefined;
  readonly metrics: Record<string, number>;
}

/** The outcome of the batches of one step. */
export async function outcomeOf(loss: Loss, parts: readonly Part[]): Promise<Outcome> {
  const read = parts.map(async ({ pending, counted, size }) => {
    const [value, predictions, outputs] = await Promise.all([
      pending.loss,
      pending.predictions,
      pending.outputs,
    ]);
    const batch = metricBatch(counted, size, predictions, outputs);
    return { loss: value, weight: counted.weight, batch, size };
  });
  const results = await Promise.all(read);
  const sum = (of: "weight" | "size") => results.reduce((total, result) => total + result[of], 0);
  const batches = results.map(({ batch }) => batch);
  return { loss: joinLosses(loss, results), weight: sum("weight"), batches, size: sum("size") };
}

/** Counts metrics over the steps of an epoch, and of single steps. "accuracy" is counted whatever is asked for. */
export class Tally {
  readonly #loss: Loss;
  readonly #metrics: readonly Metric[];

  constructor(loss: Loss, metrics: readonly Metric[]) {
    this.#loss = loss;
    this.#metrics = metrics;
  }

  /** Adds a step to an epoch's totals. */
  add(totals: Totals, { loss, weight, batches }: Outcome): void {
    totals.loss += this.#loss.reduction === "sum" ? loss : loss * weight;
    totals.weight += weight;
    for (const batch of batches) this.#update(totals.metrics, batch);
  }

  /** Over the epoch's examples, as if they had been one batch. */
  lossOf({ loss, weight }: Totals): number {
    return this.#loss.reduction === "sum" ? loss : loss / weight;
  }

  figuresOf(totals: Totals): Figures {
    return this.#figures(totals.metrics);
  }

  figuresOfStep({ batches }: Outcome): Figures {
    const states: MetricStates = {};
    for (const batch of batches) this.#update(states, batch);
    return this.#figures(states);
  }

  #update(states: MetricStates, batch: MetricBatch): void {
    states[STANDARD] ??= {};
    updateMetrics([accuracy], states[STANDARD] as MetricStates, batch);
    updateMetrics(this.#metrics, states, batch);
  }

  #figures(states: MetricStates): Figures {
    const standard = computeMetrics([accuracy], (states[STANDARD] ?? {}) as MetricStates);
    const share = standard.accuracy!;
    return {
      accuracy: Number.isNaN(share) ? undefined : share,
      metrics: computeMetrics(this.#metrics, states),
    };
  }
}

/** Where the state of the accuracy that every event shows is kept: no metric has an empty name. */
const STANDARD = "";

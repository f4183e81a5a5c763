import type { Loss } from "../../nn/index.ts";
import { type CountedTargets, joinLosses } from "../loss/targets.ts";
import { accuracy } from "../metrics/builtin.ts";
import {
  computeMetrics,
  type Metric,
  type MetricBatch,
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

/** Counts metrics over the steps of an epoch, and of single steps. */
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
    this.#count(totals, batches);
  }

  /** Over the epoch's examples, as if they had been one batch. */
  lossOf({ loss, weight }: Totals): number {
    return this.#loss.reduction === "sum" ? loss : loss / weight;
  }

  figuresOf({ standard, metrics }: Counts): Figures {
    const { accuracy: share = Number.NaN } = computeMetrics(STANDARD, standard);
    return {
      accuracy: Number.isNaN(share) ? undefined : share,
      metrics: computeMetrics(this.#metrics, metrics),
    };
  }

  figuresOfStep({ batches }: Outcome): Figures {
    const counts = { standard: {}, metrics: {} };
    this.#count(counts, batches);
    return this.figuresOf(counts);
  }

  #count({ standard, metrics }: Counts, batches: readonly MetricBatch[]): void {
    for (const batch of batches) {
      updateMetrics(STANDARD, standard, batch);
      updateMetrics(this.#metrics, metrics, batch);
    }
  }
}

type Counts = Pick<Totals, "standard" | "metrics">;

/** What every event shows, whatever is asked for. */
const STANDARD = [accuracy];

import type { MetricStates } from "../metrics/metric.ts";

/** Sums over the steps of an epoch. */
export interface Totals {
  /** Losses of the steps times what each mean divides by; of a sum the losses themselves. */
  loss: number;
  /** What the means divide by. */
  weight: number;
  /** What the accuracy that every event shows has counted, and what the metrics that were asked for have, by name. */
  standard: MetricStates;
  metrics: MetricStates;
}

/** Where training stands. Plain data. */
export interface Position {
  /** Epochs finished in this run. */
  epoch: number;
  /** Batches done in the current epoch. */
  batch: number;
  /** Steps done over the trainer's life. */
  step: number;
  /** Epochs finished over the trainer's life: decides the shuffling. */
  epochsBegun: number;
  /** Of the current epoch. */
  totals: Totals;
}

export const noTotals = (): Totals => ({ loss: 0, weight: 0, standard: {}, metrics: {} });

export function startPosition(): Position {
  return { epoch: 0, batch: 0, step: 0, epochsBegun: 0, totals: noTotals() };
}

import type { MetricStates } from "../metrics/metric.ts";

/** Sums over the steps of an epoch. */
export interface Totals {
  /** The sum of the steps' losses, each times what its mean divided by; plainly added up where the loss is a sum. */
  loss: number;
  /** The sum of what the means divided by. */
  weight: number;
  /** The states of the accuracy that every event shows, and of the metrics that were asked for, by name. */
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
  /** Sums over the current epoch. */
  totals: Totals;
}

export const noTotals = (): Totals => ({ loss: 0, weight: 0, standard: {}, metrics: {} });

export function startPosition(): Position {
  return { epoch: 0, batch: 0, step: 0, epochsBegun: 0, totals: noTotals() };
}

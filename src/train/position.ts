/** Sums over the steps of an epoch. */
export interface Totals {
  /** Of the losses of the examples that count. */
  loss: number;
  count: number;
  /** Examples classified right; absent where no class is predicted. */
  right?: number;
}

/** Where training stands. */
export interface Position {
  /** Epochs finished in this run. */
  epoch: number;
  /** Steps done in the current epoch. */
  batch: number;
  /** Steps done over the trainer's life. */
  step: number;
  /** Epochs finished over the trainer's life: decides the shuffling. */
  epochsBegun: number;
  /** Of the current epoch. */
  totals: Totals;
}

export const noTotals = (): Totals => ({ loss: 0, count: 0 });

export function startPosition(): Position {
  return { epoch: 0, batch: 0, step: 0, epochsBegun: 0, totals: noTotals() };
}

/** Where training stands. */
export interface Position {
  /** Epochs finished in this run. */
  epoch: number;
  /** Steps done in the current epoch. */
  batch: number;
  /** Steps done over the trainer's life. */
  step: number;
  /** Epochs begun over the trainer's life: decides the shuffling. */
  epochsBegun: number;
}

export const START: Position = { epoch: 0, batch: 0, step: 0, epochsBegun: 0 };

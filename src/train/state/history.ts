import type { TypedArray } from "../../kernels/index.ts";

/** What an epoch came to. Plain numbers, for charts and files. */
export interface EpochRecord {
  /** Counted from 0. */
  epoch: number;
  /** Over the epoch's examples, taken while the weights moved. */
  loss: number;
  accuracy?: number;
  /** The figures of the metrics that were asked for, by name. */
  metrics: Record<string, number>;
  validation?: { loss: number; accuracy: number; metrics: Record<string, number> };
  /** The learning rate of the epoch's last step. */
  learningRate: number;
  seconds: number;
}

/** The epoch whose weights were the best so far. */
export interface BestEpoch {
  epoch: number;
  /** "loss", or the metric that was watched; on the validation set where there is one. */
  watched: string;
  value: number;
}

/** What a run of `fit` comes to. */
export interface History {
  /** One for each finished epoch, also those before the run was interrupted and resumed. */
  readonly epochs: readonly EpochRecord[];
  /** Optimizer steps over the trainer's life. */
  readonly steps: number;
  /** Whether the run ended before its last epoch: by its signal, or because the loop over its events was left. */
  readonly stopped: boolean;
  /** Where `keepBest` is set: the epoch whose weights the model ends with. */
  readonly best: BestEpoch | null;
}

/** A model's tensors in host memory, by name. */
export type ModelValues = ReadonlyMap<string, { shape: readonly number[]; values: TypedArray }>;

import type { DataLoaderOptions, Dataset } from "../data/index.ts";
import type { Module, Recompute } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import type { Store } from "./checkpoint.ts";
import type { TrainEvent } from "./events.ts";
import type { Precision } from "./precision.ts";
import type { Scheduling } from "./scheduling.ts";
import type { LossFunction } from "./steps.ts";

export type Callback = (event: TrainEvent) => void | Promise<void>;

export interface TrainerOptions {
  model: Module;
  optimizer: Optimizer<object>;
  /** A loss module or function of (outputs, targets). Default cross-entropy on class indices. */
  loss?: Module | LossFunction;
  metrics?: readonly "accuracy"[];
  /** Steps once an epoch, or once a step where its class says so (OneCycleLR, LinearWarmup). */
  schedule?: Scheduling;
  /** Seed of shuffling, augmentation and dropout. Default 0. */
  seed?: number;
  callbacks?: Callback | readonly Callback[];
  /** Scales gradients down to this total norm. */
  clipGradNorm?: number;
  /**
   * Saves memory: each chain of layers keeps only the inputs of so many segments (true: √n) and
   * computes the rest again for backward. Default: as the model is set, see `nn.setRecompute`.
   */
  recompute?: Recompute;
  /**
   * "f16" keeps activations in half precision (sums and parameters stay f32) and scales the loss so
   * that gradients don't vanish. Adapters without shader-f16 train in f32. Default "f32".
   */
  precision?: Precision;
}

export const TRAINER_OPTIONS = [
  "model",
  "optimizer",
  "loss",
  "metrics",
  "schedule",
  "seed",
  "callbacks",
  "clipGradNorm",
  "recompute",
  "precision",
];

export interface FitOptions extends Omit<DataLoaderOptions, "batchSize" | "dropLast" | "sampler"> {
  epochs?: number;
  batchSize?: number;
  /**
   * Batches that make up one optimizer step. Default 1. Their gradients are weighted by numbers of
   * images, so that (without batch normalisation) k batches equal one k times as large; the last
   * batches of an epoch make a step of their own. Steps, schedules and events count optimizer steps.
   */
  accumulate?: number;
  dropLast?: boolean;
  sampler?: DataLoaderOptions["sampler"];
  /** Evaluated after every epoch. */
  validation?: Dataset;
  /** Transform for validation; the training transform without its random parts where left out. */
  evalTransform?: DataLoaderOptions["transform"];
  /** Raise it to stop after the current step; `fit` again, or save and resume, goes on from there. */
  signal?: AbortSignal;
  /** Saved to after every epoch. */
  store?: Store;
}

export const FIT_OPTIONS = [
  "epochs",
  "batchSize",
  "accumulate",
  "shuffle",
  "seed",
  "transform",
  "evalTransform",
  "dropLast",
  "sampler",
  "prefetch",
  "validation",
  "signal",
  "store",
];

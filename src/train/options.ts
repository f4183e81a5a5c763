import { checkOptions } from "../base/index.ts";
import type { DataLoaderOptions, Dataset } from "../data/index.ts";
import { Module, type Recompute } from "../nn/index.ts";
import { Optimizer } from "../optim/index.ts";
import type { AveragedModel } from "./averaged_model.ts";
import type { TrainEvent } from "./events.ts";
import type { KeepBest } from "./loop/best.ts";
import type { LossFunction } from "./loss/loss_of.ts";
import type { MetricName } from "./metrics/builtin.ts";
import type { Metric } from "./metrics/metric.ts";
import type { Objective } from "./objective.ts";
import type { Precision } from "./precision.ts";
import type { Regularizer } from "./regularizer.ts";
import type { Store } from "./state/checkpoint.ts";
import type { Scheduling } from "./state/scheduling.ts";

export type Callback = (event: TrainEvent) => void | Promise<void>;

export interface TrainerOptions {
  model: Module;
  optimizer: Optimizer<object>;
  /** A loss module or function of (outputs, targets). Default cross-entropy on class numbers; see `nn.Loss`. */
  loss?: Module | LossFunction;
  /**
   * What is minimised in place of the loss alone, such as `transfer.jointObjective(…)`: the loss that events show is then
   * the objective's. Evaluations know of the model and its loss only.
   */
  objective?: Objective;
  /** Names, or metrics of your own (see `Metric`): their figures are in events and evaluations by name. Default accuracy. */
  metrics?: MetricName | Metric | readonly (MetricName | Metric)[];
  /** Steps once an epoch, or once a step where its class says so (OneCycleLR, LinearWarmup). */
  schedule?: Scheduling;
  /** Seed of shuffling, augmentation and dropout. Default 0. The trainer draws random numbers of its own. */
  seed?: number;
  callbacks?: Callback | readonly Callback[];
  /** Scales gradients down to this total norm. */
  clipGradNorm?: number;
  /** An exponential moving average of the weights: validated in their place, and the model's at the end. */
  average?: AveragedModel;
  /** Adds to the gradients before they are clipped: `transfer.L2SP` keeps weights near where they began. */
  regularizer?: Regularizer;
  /**
   * Saves memory: each chain of layers keeps only the inputs of this many segments (true: √n) and
   * computes the rest again for backward. Default: as the model is set, see `nn.setRecompute`.
   */
  recompute?: Recompute;
  /**
   * "f16" keeps activations in half precision (sums and parameters stay f32) and scales the loss so
   * that gradients don't vanish. Adapters without shader-f16 train in f32. Default "f32".
   */
  precision?: Precision;
}

const TRAINER_OPTIONS = [
  "model",
  "optimizer",
  "loss",
  "objective",
  "metrics",
  "schedule",
  "seed",
  "callbacks",
  "clipGradNorm",
  "average",
  "regularizer",
  "recompute",
  "precision",
];

/** @throws for unknown options and for parts that are something else. */
export function checkTrainerOptions(options: TrainerOptions): void {
  checkOptions("Trainer", options, TRAINER_OPTIONS);
  if (!(options.model instanceof Module)) throw new Error("Trainer: model must be an nn.Module");
  if (!(options.optimizer instanceof Optimizer))
    throw new Error("Trainer: optimizer must be one of optim");
  if (options.average && options.average.model !== options.model)
    throw new Error("Trainer: average must be an AveragedModel of the trainer's model");
  for (const callback of callbacksOf(options)) {
    if (typeof callback !== "function")
      throw new TypeError(`Trainer: a callback must be a function, not ${callback}`);
  }
}

export function callbacksOf({ callbacks = [] }: TrainerOptions): readonly Callback[] {
  return typeof callbacks === "function" ? [callbacks] : callbacks;
}

export interface FitOptions extends Omit<DataLoaderOptions, "minBatch" | "ignoreIndex"> {
  epochs?: number;
  /** Default 32. */
  batchSize?: number;
  /**
   * Batches that make up one optimizer step. Default 1. Their gradients are weighted as in the loss on all of them at
   * once, so that (without batch normalisation) k batches equal one k times as large; the last batches of an epoch make a
   * step of their own. Steps, schedules and events count optimizer steps.
   */
  accumulate?: number;
  /** Default true, unless there is a sampler. */
  shuffle?: boolean;
  /** Evaluated after every epoch. */
  validation?: Dataset;
  /** Transform for validation; the training transform without its random parts where left out. */
  evalTransform?: DataLoaderOptions["transform"];
  /**
   * Keeps the weights of the best epoch, and gives them to the model when the run ends: true the epoch with the lowest
   * loss (on the validation set where there is one), a metric's name that with its highest figure.
   */
  keepBest?: KeepBest;
  /**
   * Ends the run early: after this many epochs in a row that weren't better than the best, as `keepBest` judges (by the
   * loss, where it isn't given). The model then has the best epoch's weights.
   */
  patience?: number;
  /**
   * Called with the number of the epoch, from 0 in each run, before it begins or is gone on with: may freeze and unfreeze layers,
   * as `transfer.gradualUnfreezing` does. What it does must depend on the number alone.
   */
  beforeEpoch?: (epoch: number) => void;
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
  "mix",
  "evalTransform",
  "dropLast",
  "sampler",
  "prefetch",
  "validation",
  "keepBest",
  "patience",
  "beforeEpoch",
  "signal",
  "store",
];

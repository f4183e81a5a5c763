import { tensor } from "../autograd/index.ts";
import type { Dataset } from "../data/index.ts";
import { CrossEntropyLoss, type Module } from "../nn/index.ts";
import {
  Adam,
  AdamW,
  CosineAnnealingLR,
  OneCycleLR,
  type Optimizer,
  RMSprop,
  SGD,
} from "../optim/index.ts";
import { type FitOptions, Trainer, type TrainerOptions } from "../train/index.ts";
import type { Progress } from "./progress.ts";

export const OPTIMIZERS = ["adam", "adamw", "sgd", "rmsprop"] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];
export const SCHEDULES = ["constant", "cosine", "onecycle"] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

export interface TrainingSettings {
  readonly optimizer: OptimizerName;
  readonly lr: number;
  readonly weightDecay: number;
  readonly schedule: ScheduleName;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Batches whose gradients make one step. */
  readonly accumulate?: number;
}

/**
 * What a trainer for `examples` images is made of; only parameters that aren't frozen are trained.
 *
 * @param weights one a class, for the loss.
 */
export function trainerOptions(
  model: Module,
  examples: number,
  settings: TrainingSettings,
  weights?: Float32Array,
): TrainerOptions {
  const { epochs, batchSize, seed, accumulate = 1 } = settings;
  const params = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = makeOptimizer(params, settings);
  const totalSteps = epochs * Math.ceil(Math.ceil(examples / batchSize) / accumulate);
  const schedule = makeSchedule(optimizer, totalSteps, settings);
  const loss = new CrossEntropyLoss(weights && { weight: tensor(weights) });
  return { model, optimizer, schedule, seed, loss };
}

type Parameters = ReturnType<Module["parameters"]>;

function makeOptimizer(
  params: Parameters,
  { optimizer, lr, weightDecay }: TrainingSettings,
): Optimizer<{ lr: number }> {
  switch (optimizer) {
    case "adam":
      return new Adam(params, { lr, weightDecay });
    case "adamw":
      return new AdamW(params, { lr, weightDecay });
    case "sgd":
      return new SGD(params, { lr, weightDecay, momentum: 0.9 });
    case "rmsprop":
      return new RMSprop(params, { lr, weightDecay });
  }
}

function makeSchedule(
  optimizer: Optimizer<{ lr: number }>,
  totalSteps: number,
  { schedule, lr }: TrainingSettings,
): TrainerOptions["schedule"] {
  switch (schedule) {
    case "constant":
      return undefined;
    case "cosine":
      return { schedule: new CosineAnnealingLR(optimizer, totalSteps), every: "step" };
    case "onecycle":
      return new OneCycleLR(optimizer, { maxLr: lr, totalSteps: Math.max(4, totalSteps) });
  }
}

/** Trains and shows progress. @returns whether it ran to its end, rather than being stopped. */
export async function runFit(
  trainer: Trainer,
  trainSet: Dataset,
  options: FitOptions,
  progress: Progress,
): Promise<boolean> {
  try {
    for await (const event of trainer.fit(trainSet, options)) {
      if (event.type === "compile") progress.compile(event);
      else if (event.type === "step") progress.step(event);
      else if (event.type === "epoch") progress.epoch(event);
      else if (event.type === "stopped") return false;
    }
    return true;
  } finally {
    progress.stop();
  }
}

export { Trainer };

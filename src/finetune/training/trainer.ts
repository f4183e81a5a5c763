import { tensor } from "../../autograd/index.ts";
import { classWeights, type Dataset } from "../../data/index.ts";
import { CrossEntropyLoss, type Module } from "../../nn/index.ts";
import {
  Adam,
  AdamW,
  CosineAnnealingLR,
  OneCycleLR,
  type Optimizer,
  RMSprop,
  SGD,
} from "../../optim/index.ts";
import type { TrainerOptions } from "../../train/index.ts";
import type { TrainingPlan } from "./plan.ts";

/** What a trainer of `set` is made of; only parameters that aren't frozen are trained. */
export function trainerOptions(model: Module, set: Dataset, plan: TrainingPlan): TrainerOptions {
  const { epochs, batchSize, seed, accumulate } = plan;
  const params = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = makeOptimizer(params, plan);
  const totalSteps = epochs * Math.ceil(Math.ceil(set.length / batchSize) / accumulate);
  const schedule = makeSchedule(optimizer, totalSteps, plan);
  const loss = new CrossEntropyLoss({
    ...(plan.classWeights && { weight: tensor(classWeights(set)) }),
  });
  return { model, optimizer, schedule, seed, loss };
}

type Parameters = ReturnType<Module["parameters"]>;

function makeOptimizer(
  params: Parameters,
  { optimizer, lr, weightDecay }: TrainingPlan,
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
  { schedule, lr }: TrainingPlan,
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

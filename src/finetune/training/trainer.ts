import { tensor } from "../../autograd/index.ts";
import { classWeights, type Dataset } from "../../data/index.ts";
import { BCEWithLogitsLoss, CrossEntropyLoss, type Module } from "../../nn/index.ts";
import {
  Adam,
  AdamW,
  CosineAnnealingLR,
  OneCycleLR,
  type Optimizer,
  RMSprop,
  type Schedule,
  SGD,
} from "../../optim/index.ts";
import { AveragedModel, type Store, Trainer, type TrainerOptions } from "../../train/index.ts";
import { L2SP } from "../../transfer/index.ts";
import type { TrainingPlan } from "./plan.ts";

/** What a trainer of `set` is made of; only parameters that aren't frozen are trained. */
export function trainerOptions(model: Module, set: Dataset, plan: TrainingPlan) {
  const { epochs, batchSize, seed, accumulate } = plan;
  const params = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = makeOptimizer(params, plan);
  const totalSteps = epochs * Math.ceil(Math.ceil(set.length / batchSize) / accumulate);
  const schedule = makeSchedule(optimizer, totalSteps, plan);
  const loss = lossOf(plan, set);
  const average =
    plan.ema === undefined ? undefined : new AveragedModel(model, { decay: plan.ema });
  const regularizer =
    plan.l2sp === undefined
      ? undefined
      : new L2SP(model, { alpha: plan.l2sp, beta: plan.l2sp / 10 });
  return { model, optimizer, schedule, seed, loss, average, regularizer } satisfies TrainerOptions;
}

function lossOf(plan: TrainingPlan, set: Dataset): Module {
  if (plan.several) return new BCEWithLogitsLoss();
  return new CrossEntropyLoss({
    ...(plan.classWeights && { weight: tensor(classWeights(set)) }),
  });
}

/** The trainer that goes on from a checkpoint: at the plan's rates, which may have been asked for anew. */
export async function resumedTrainer(
  checkpoint: Store,
  about: ReturnType<typeof trainerOptions>,
  { lr, weightDecay }: TrainingPlan,
): Promise<Trainer> {
  const { optimizer, schedule } = about;
  const trainer = await Trainer.resume(checkpoint, about);
  for (const group of optimizer.groups) Object.assign(group, { lr, weightDecay });
  const steps = schedule?.schedule;
  steps?.loadStateDict({ count: steps.count, initial: optimizer.groups.map(() => lr) });
  return trainer;
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
): { schedule: Schedule; every: "step" } | undefined {
  switch (schedule) {
    case "constant":
      return undefined;
    case "cosine":
      return { schedule: new CosineAnnealingLR(optimizer, totalSteps), every: "step" };
    case "onecycle": {
      const maxLr = lr;
      const cycle = new OneCycleLR(optimizer, { maxLr, totalSteps: Math.max(4, totalSteps) });
      return { schedule: cycle, every: "step" };
    }
  }
}

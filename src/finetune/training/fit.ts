import { transforms } from "../../data/index.ts";
import { type Evaluation, evaluate, type History, type Store, Trainer } from "../../train/index.ts";
import { gradualUnfreezing } from "../../transfer/index.ts";
import type { FinetuneEvent, Phase } from "../events.ts";
import type { Keeper } from "../keeping/keeper.ts";
import type { Tell } from "../task.ts";
import type { TrainingPlan } from "./plan.ts";
import type { Trainee } from "./trainee.ts";
import { resumedTrainer, trainerOptions } from "./trainer.ts";

/** Images at a time where nothing is trained. */
const EVAL_BATCH = 50;

export interface Training {
  readonly phase: Phase;
  readonly plan: TrainingPlan;
  readonly tell: Tell<FinetuneEvent>;
  readonly signal: AbortSignal;
  /** Keeps its state on the disk; null for a training whose state isn't worth keeping. */
  readonly keeper: Keeper | null;
}

export interface Trained {
  readonly history: History;
  /** Seconds of training in this process: what came before an interruption isn't counted. */
  readonly seconds: number;
}

/** A trainer that survives the loss of the GPU from its first step on. @param resume a checkpoint to go on from. */
export async function readyTrainer(
  { model, train }: Trainee,
  plan: TrainingPlan,
  resume: Store | null,
): Promise<Trainer> {
  const about = trainerOptions(model, train, plan);
  const trainer = resume === null ? new Trainer(about) : await resumedTrainer(resume, about, plan);
  await trainer.survivingLoss(async () => {}); // copies the weights
  return trainer;
}

/** Trains to the end, or until the signal is raised; validates after every epoch, and keeps the state. */
export async function fitTrainee(
  trainer: Trainer,
  { transform, evalTransform, train, validation }: Trainee,
  { phase, plan, tell, signal, keeper }: Training,
): Promise<Trained> {
  const { epochs, batchSize, accumulate, keepBest, patience } = plan;
  const beforeEpoch =
    plan.gradual && phase === "fine-tuning" ? gradualUnfreezing(trainer.model) : undefined;
  const started = performance.now();
  const run = trainer.fit(train, {
    ...{ epochs, batchSize, accumulate, keepBest, patience, beforeEpoch, mix: mixOf(plan) },
    ...{ transform, evalTransform, validation, signal },
  });
  for await (const event of run) {
    await tell({ ...event, phase });
    if (event.type === "step") await keeper?.afterStep(trainer);
    else if (event.type === "checkpoint") await keeper?.afterEpoch(trainer, epochs);
  }
  return { history: await run, seconds: (performance.now() - started) / 1000 };
}

function mixOf({ mixup, cutmix }: TrainingPlan) {
  if (mixup !== undefined) return transforms.mixup({ alpha: mixup });
  return cutmix === undefined ? undefined : transforms.cutmix({ alpha: cutmix });
}

/** How good a network is on the validation pictures before it is trained, judged as its training will be. */
export function measure(
  { model, train, validation, evalTransform: transform }: Trainee,
  plan: TrainingPlan,
  signal: AbortSignal,
): Promise<Evaluation> {
  const { loss } = trainerOptions(model, train, plan);
  return evaluate(model, validation, { batchSize: EVAL_BATCH, transform, loss, signal });
}

/** How good it is afterwards. */
export function judge(
  trainer: Trainer,
  { validation, evalTransform: transform }: Trainee,
): Promise<Evaluation> {
  return trainer.evaluate(validation, { batchSize: EVAL_BATCH, transform });
}

/** Has a trained network on the current device, where its own was lost while another network was worked on. */
export async function bringOver(trainer: Trainer): Promise<void> {
  await trainer.survivingLoss(async () => trainer.model.parameters()[0]?.data());
}

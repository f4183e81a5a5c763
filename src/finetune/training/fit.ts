import { type Evaluation, evaluate, type History, Trainer } from "../../train/index.ts";
import type { FinetuneEvent, Phase } from "../events.ts";
import type { Keeper } from "../keeping/keeper.ts";
import type { Tell } from "../task.ts";
import type { TrainingPlan } from "./plan.ts";
import type { Trainee } from "./trainee.ts";
import { trainerOptions } from "./trainer.ts";

/** Images at a time where nothing is trained. */
const EVAL_BATCH = 50;

export interface Training {
  readonly phase: Phase;
  readonly plan: TrainingPlan;
  readonly tell: Tell<FinetuneEvent>;
  readonly signal: AbortSignal;
  /** Where its state is kept; null for one that isn't worth it. */
  readonly keeper: Keeper | null;
  /** A checkpoint to go on from. */
  readonly resume: string | null;
}

export interface Trained {
  readonly trainer: Trainer;
  readonly history: History;
  /** Of this process. */
  readonly seconds: number;
}

/** Trains to the end, or until the signal is raised; validates after every epoch, and keeps the state. */
export async function fitTrainee(trainee: Trainee, training: Training): Promise<Trained> {
  const { phase, plan, tell, signal, keeper, resume } = training;
  const { model, transform, evalTransform, train, validation } = trainee;
  const about = trainerOptions(model, train, plan);
  const trainer = resume === null ? new Trainer(about) : await Trainer.resume(resume, about);
  const { epochs, batchSize, accumulate, keepBest } = plan;
  const started = performance.now();
  const run = trainer.fit(train, {
    ...{ epochs, batchSize, accumulate, keepBest },
    ...{ transform, evalTransform, validation, signal },
  });
  for await (const event of run) {
    await tell({ ...event, phase });
    if (event.type === "step") await keeper?.afterStep(trainer);
    else if (event.type === "checkpoint") await keeper?.afterEpoch(trainer, epochs);
  }
  return { trainer, history: await run, seconds: (performance.now() - started) / 1000 };
}

/** How good the network is on the validation pictures, as its training judges. */
export function measure(
  trainee: Trainee,
  plan: TrainingPlan,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const { model, train, validation, evalTransform: transform } = trainee;
  const { loss } = trainerOptions(model, train, plan);
  return evaluate(model, validation, { batchSize: EVAL_BATCH, transform, loss, signal });
}

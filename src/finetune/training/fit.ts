import { type EpochEvent, type Evaluation, Trainer } from "../../train/index.ts";
import type { FinetuneEvent, Phase } from "../events.ts";
import type { Keeper } from "../keeping/keeper.ts";
import type { Tell } from "../task.ts";
import type { TrainingPlan } from "./plan.ts";
import type { Trainee } from "./trainee.ts";
import { trainerOptions } from "./trainer.ts";

/** Images at a time where nothing is trained. */
export const EVAL_BATCH = 50;

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
  /** false: it was stopped. */
  readonly complete: boolean;
  readonly seconds: number;
  readonly history: readonly EpochEvent[];
}

/** A trainer for the network as it is, or in the state of a checkpoint. */
export async function trainerFor(
  { model, train }: Trainee,
  plan: TrainingPlan,
  resume: string | null,
): Promise<Trainer> {
  const options = trainerOptions(model, train, plan);
  return resume === null ? new Trainer(options) : Trainer.resume(resume, options);
}

/** Trains to the end, or until the signal is raised; validates after every epoch, and keeps the state. */
export async function fitTrainee(trainee: Trainee, training: Training): Promise<Trained> {
  const { phase, plan, tell, signal, keeper, resume } = training;
  const trainer = await trainerFor(trainee, plan, resume);
  const { transform, evalTransform, train, validation } = trainee;
  const { epochs, batchSize, accumulate } = plan;
  const started = performance.now();
  const history: EpochEvent[] = [];
  let complete = true;
  const options = { epochs, batchSize, accumulate, transform, evalTransform, validation, signal };
  for await (const event of trainer.fit(train, options)) {
    await tell({ ...event, phase });
    if (event.type === "step") await keeper?.afterStep(trainer);
    else if (event.type === "checkpoint") await keeper?.afterEpoch(trainer);
    else if (event.type === "epoch") history.push(event);
    else if (event.type === "stopped") complete = false;
  }
  const seconds = (performance.now() - started) / 1000;
  return { trainer, complete, seconds, history };
}

/** How good the network is on the validation pictures. */
export function measure(
  trainer: Trainer,
  { validation, evalTransform }: Trainee,
): Promise<Evaluation> {
  return trainer.evaluate(validation, { batchSize: EVAL_BATCH, transform: evalTransform });
}

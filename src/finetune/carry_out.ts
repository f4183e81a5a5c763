import { manualSeed } from "../autograd/index.ts";
import type { Module } from "../nn/index.ts";
import type { Evaluation } from "../train/index.ts";
import type { NetworkInfo } from "../transfer/index.ts";
import { reasonOf } from "./errors.ts";
import type { FinetuneEvent, Phase } from "./events.ts";
import { Keeper } from "./keeping/keeper.ts";
import type { TakenPlace } from "./keeping/place.ts";
import { keepResult } from "./keeping/result.ts";
import { createNetwork, pretrainedNetwork } from "./network/build.ts";
import { kindOf } from "./places.ts";
import type { Prepared } from "./prepare.ts";
import type { Comparison, FinetuneResult } from "./result.ts";
import type { FinetuneSettings } from "./settings/index.ts";
import type { Tell } from "./task.ts";
import { fitTrainee, measure, type Trained } from "./training/fit.ts";
import type { TrainingPlan } from "./training/plan.ts";
import { freezeOthers, trainableOf } from "./training/trainable.ts";
import { hasFrozenPrefix, onFeatures, onImages, type Trainee } from "./training/trainee.ts";

/** A run of which everything is decided. */
export interface Job {
  readonly settings: FinetuneSettings;
  readonly plan: TrainingPlan;
  readonly prepared: Prepared;
  /** null where nothing is kept. */
  readonly place: TakenPlace | null;
  readonly tell: Tell<FinetuneEvent>;
  readonly signal: AbortSignal;
}

/** Trains, measures, saves and compares. */
export async function carryOut(job: Job): Promise<FinetuneResult> {
  const { prepared, plan, place, tell, signal } = job;
  manualSeed(plan.seed);
  const model = pretrainedNetwork(prepared.info, prepared.pretrained, tell);
  freezeOthers(model, plan);
  const trainee = await chooseTrainee(model, job);
  const { epochs } = plan;
  const network = prepared.info;
  await tell({ type: "training", phase: "fine-tuning", ...trainableOf(model), epochs, network });
  const before = await judge(job, "before", model, trainee, signal);
  const keeper = place && new Keeper(place.checkpoint, job.settings.checkpointEvery ?? 30, tell);
  const resume = place && (await kindOf(place.checkpoint)) ? place.checkpoint : null;
  const how = { phase: "fine-tuning", plan, tell, signal, keeper, resume } as const;
  const trained = await fitTrainee(trainee, how);
  const { steps: step, stopped } = trained.history;
  if (place && stopped && (await keeper?.keep(trained.trainer))) {
    await tell({ type: "interrupted", step, checkpoint: place.checkpoint });
    return unfinished(network, { step, model, checkpoint: place.checkpoint });
  }
  return finish(job, model, trainee, trained, before);
}

/** After the last step: measures, saves, compares. */
async function finish(
  job: Job,
  model: Module,
  trainee: Trainee,
  trained: Trained,
  before: Evaluation,
): Promise<FinetuneResult> {
  const { prepared, plan, place, tell } = job;
  const { seconds, history } = trained;
  const evaluation = await judge(job, "fine-tuning", model, trainee);
  const facts = { model, prepared, plan, evaluation, history };
  const files = place && (await keepResult(facts, place, tell, job.signal));
  const scratch = plan.compare && !job.signal.aborted ? await fromScratch(job) : null;
  const comparison: Comparison[] = [
    { name: "before", evaluation: before, seconds: null },
    ...(scratch ? [scratch] : []),
    { name: "fine-tuned", evaluation, seconds },
  ];
  return {
    ...described(prepared.info),
    ...{ complete: !history.stopped, step: history.steps, history },
    ...{ model, evaluation, comparison, files, checkpoint: null },
  };
}

/** Measures the network on the validation pictures, and tells. */
async function judge(
  { prepared, plan, tell }: Job,
  phase: Phase | "before",
  model: Module,
  trainee: Trainee,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const evaluation = await measure(trainee, plan, signal);
  const { validation, plainTransform: transform } = prepared;
  await tell({ type: "evaluated", phase, evaluation, model, validation, transform });
  return evaluation;
}

function described(network: NetworkInfo) {
  return { network, classes: network.classes, input: network.input };
}

/** Of a run that was stopped and can be gone on with, or before its first step. */
export function unfinished(
  network: NetworkInfo,
  stand: Pick<FinetuneResult, "step" | "model" | "checkpoint">,
): FinetuneResult {
  const nothing = { history: null, evaluation: null, comparison: [], files: null };
  return { ...described(network), ...nothing, ...stand, complete: false };
}

/** Cached features serve where layers are frozen and every epoch sees the same pictures. */
function chooseTrainee(model: Module, job: Job): Promise<Trainee> | Trainee {
  const { prepared, plan, tell, signal } = job;
  if (!plan.cache || !hasFrozenPrefix(model)) return onImages(model, prepared);
  return onFeatures(model, prepared, plan.batchSize, tell, signal);
}

/** The same network, data and budget without the pretrained weights. What goes wrong here costs no result. */
async function fromScratch(job: Job): Promise<Comparison | null> {
  const { prepared, plan, tell, signal } = job;
  try {
    manualSeed(plan.seed);
    const model = createNetwork(prepared.info);
    const trainee = onImages(model, prepared);
    const phase = "from scratch";
    const network = prepared.info;
    await tell({ type: "training", phase, ...trainableOf(model), epochs: plan.epochs, network });
    const how = { phase, plan, tell, signal, keeper: null, resume: null } as const;
    const { history, seconds } = await fitTrainee(trainee, how);
    if (history.stopped) return null;
    const evaluation = await judge(job, phase, model, trainee);
    return { name: phase, evaluation, seconds };
  } catch (error) {
    await tell({ type: "warning", message: `the comparison failed: ${reasonOf(error)}` });
    return null;
  }
}

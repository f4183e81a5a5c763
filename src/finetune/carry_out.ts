import { manualSeed } from "../autograd/index.ts";
import { messageOf } from "../base/index.ts";
import { labelsOf } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { againIfLost, type Evaluation, type Store, type Trainer } from "../train/index.ts";
import { hasFixedPrefix, type NetworkInfo, predictAugmented } from "../transfer/index.ts";
import type { FinetuneEvent, Phase } from "./events.ts";
import { settingsText } from "./keeping/checkpoint.ts";
import { Keeper, type StateStore } from "./keeping/keeper.ts";
import type { TakenPlace } from "./keeping/place.ts";
import { keepResult } from "./keeping/result.ts";
import { createNetwork, pretrainedNetwork } from "./network/build.ts";
import { kindOf } from "./places.ts";
import type { Prepared } from "./prepare.ts";
import type { Comparison, FinetuneResult } from "./result.ts";
import type { FinetuneSettings } from "./settings/index.ts";
import type { Tell } from "./task.ts";
import {
  bringOver,
  fitTrainee,
  judge,
  measure,
  readyTrainer,
  type Trained,
} from "./training/fit.ts";
import type { TrainingPlan } from "./training/plan.ts";
import { freezeOthers, trainableOf } from "./training/trainable.ts";
import { onFeatures, onImages, type Trainee } from "./training/trainee.ts";

/** A run of which everything is decided. */
export interface Job {
  readonly settings: FinetuneSettings;
  readonly plan: TrainingPlan;
  readonly prepared: Prepared;
  /** null where nothing is kept. */
  readonly place: TakenPlace | null;
  /** What keeps the state of the training where there is no place. */
  readonly store: StateStore | null;
  readonly tell: Tell<FinetuneEvent>;
  readonly signal: AbortSignal;
  /** What would be typed for the settings; null where a program gave them. */
  readonly command: string | null;
}

/** A network that is ready to be trained. */
interface Ready {
  readonly model: Module;
  readonly trainee: Trainee;
  /** Survives the loss of the GPU from now on. */
  readonly trainer: Trainer;
}

/** Trains, measures, saves and compares. */
export async function carryOut(job: Job): Promise<FinetuneResult> {
  const { prepared, place } = job;
  const keeper = await keeperOf(job);
  const resume = await stateOf(job);
  if (resume === null) await keeper?.describe();
  const { before, ...ready } = await againIfLost(() => getReady(job, resume));
  const trained = await fitKept(job, ready, keeper);
  const { steps: step, stopped } = trained.history;
  if (keeper && stopped && (await keeper.keep(ready.trainer))) {
    const checkpoint = place?.checkpoint ?? null;
    await job.tell({ type: "interrupted", step, checkpoint });
    return unfinished(prepared.info, { step, model: ready.model, checkpoint });
  }
  return finish(job, ready, trained, before);
}

/** Trains, and keeps what was learned also where an error ends it: the next checkpoint may have been half a minute away. */
async function fitKept(
  job: Job,
  { trainer, trainee }: Ready,
  keeper: Keeper | null,
): Promise<Trained> {
  try {
    return await fitTrainee(trainer, trainee, { ...job, phase: "fine-tuning", keeper });
  } catch (error) {
    if (trainer.position.step > 0) await keeper?.keep(trainer);
    throw error;
  }
}

async function keeperOf({ settings, place, store, tell }: Job): Promise<Keeper | null> {
  const every = settings.checkpointEvery ?? 30;
  if (store) return new Keeper({ store }, every, tell);
  if (!place) return null;
  const text = await settingsText(settings, place.overwrite);
  return new Keeper({ place, settings: text(place.save) }, every, tell);
}

/** What the training goes on from; null where nothing is kept yet. */
async function stateOf({ place, store }: Job): Promise<Store | null> {
  if (place) return (await kindOf(place.checkpoint)) ? place.checkpoint : null;
  return store && (await store.read()) ? store : null;
}

/** Builds the network and measures it as it is, or takes it as a checkpoint has it. */
async function getReady(job: Job, resume: Store | null): Promise<Ready & { before: Evaluation }> {
  const { prepared, plan, tell, signal } = job;
  manualSeed(plan.seed);
  const { info, pretrained, known } = prepared;
  const model = pretrainedNetwork(info, pretrained, known, tell);
  freezeOthers(model, plan);
  const trainee = await chooseTrainee(model, job);
  await tellTraining(job, "fine-tuning", model);
  const before = await measure(trainee, plan, signal);
  await tellEvaluated(job, "before", model, before);
  return { model, trainee, before, trainer: await readyTrainer(trainee, plan, resume) };
}

/** After the last step: measures, saves, compares. */
async function finish(
  given: Job,
  { model, trainee, trainer }: Ready,
  { seconds, history }: Trained,
  before: Evaluation,
): Promise<FinetuneResult> {
  const { job, labels } = given.plan.several
    ? await withLabels(given, model, trainer)
    : { job: given, labels: null };
  const { prepared, plan, place, tell } = job;
  const evaluation = await judge(trainer, trainee);
  await tellEvaluated(job, "fine-tuning", model, evaluation);
  await judgeAugmented(job, model, trainer);
  const facts = { model, trainer, prepared, plan, evaluation, labels, history };
  const files = place && (await keepResult(facts, place, tell, job.signal));
  const scratch = plan.compare && !job.signal.aborted ? await fromScratch(job) : null;
  if (scratch) await bringOver(trainer);
  const comparison: Comparison[] = [
    { name: "before", evaluation: before, seconds: null },
    ...(scratch ? [scratch] : []),
    { name: "fine-tuned", evaluation, seconds },
  ];
  if (job.settings.report !== undefined) {
    const { reportOnRun } = await import("./reporting/of_run.ts"); // only few runs need it
    await reportOnRun(job, { trainer, model, evaluation, history, comparison });
  }
  return {
    ...described(prepared.info),
    ...{ complete: !history.stopped, step: history.steps, history },
    ...{ model, evaluation, labels, comparison, files, checkpoint: null },
  };
}

/** Several labels a picture: chooses the thresholds that are kept with the network, and tells how good it is with them. */
async function withLabels(job: Job, model: Module, trainer: Trainer) {
  const { prepared, plan, tell } = job;
  const { validation, plainTransform: transform } = prepared;
  const { answersOf, withThresholds } = await import("./labels/answers.ts"); // only few runs need them
  const { labelFigures } = await import("./labels/figures.ts");
  const how = { transform, batchSize: plan.batchSize };
  const answers = await trainer.survivingLoss(() => answersOf(model, validation, how));
  const info = withThresholds(prepared.info, answers);
  const labels = labelFigures(answers, info.thresholds!, info.classes);
  await tell({ type: "labels", ...labels });
  return { job: { ...job, prepared: { ...prepared, info } }, labels };
}

function tellTraining({ prepared, plan, tell }: Job, phase: Phase, model: Module): Promise<void> {
  const { epochs } = plan;
  return tell({ type: "training", phase, ...trainableOf(model), epochs, network: prepared.info });
}

function tellEvaluated(
  { prepared, tell }: Job,
  phase: Phase | "before",
  model: Module,
  evaluation: Evaluation,
): Promise<void> {
  const { validation, plainTransform: transform } = prepared;
  return tell({ type: "evaluated", phase, evaluation, model, validation, transform });
}

/** How good its answers to several variations of each picture are together, where that is asked for. */
async function judgeAugmented(
  { prepared, settings: { tta: times }, plan, tell }: Job,
  model: Module,
  trainer: Trainer,
): Promise<void> {
  if (times === undefined) return;
  const { validation, trainTransform: transform } = prepared;
  const how = { transform, times, batchSize: plan.batchSize, seed: plan.seed };
  const found = await trainer.survivingLoss(() => predictAugmented(model, validation, how));
  const labels = labelsOf(validation);
  const right = found.filter(({ label }, i) => label === labels[i]).length;
  await tell({ type: "augmented", times, accuracy: right / labels.length });
}

function described(network: NetworkInfo) {
  return { network, classes: network.classes, input: network.input };
}

/** Of a run that was stopped and can be gone on with, or before its first step. */
export function unfinished(
  network: NetworkInfo,
  stand: Pick<FinetuneResult, "step" | "model" | "checkpoint">,
): FinetuneResult {
  const nothing = { history: null, evaluation: null, labels: null, comparison: [], files: null };
  return { ...described(network), ...nothing, ...stand, complete: false };
}

/** Cached features serve where layers are frozen and every epoch sees the same pictures. */
function chooseTrainee(model: Module, job: Job): Promise<Trainee> | Trainee {
  const { prepared, plan, tell, signal } = job;
  if (!plan.cache || !hasFixedPrefix(model)) return onImages(model, prepared);
  return onFeatures(model, prepared, plan.batchSize, tell, signal);
}

/** The same network, data and budget without the pretrained weights. What goes wrong here costs no result. */
async function fromScratch(job: Job): Promise<Comparison | null> {
  const phase = "from scratch";
  try {
    const { model, trainee, trainer } = await againIfLost(() => getReadyFromScratch(job));
    const { history, seconds } = await fitTrainee(trainer, trainee, {
      ...job,
      ...{ phase, keeper: null },
    });
    if (history.stopped) return null;
    const evaluation = await judge(trainer, trainee);
    await tellEvaluated(job, phase, model, evaluation);
    return { name: phase, evaluation, seconds };
  } catch (error) {
    await job.tell({ type: "warning", message: `the comparison failed: ${messageOf(error)}` });
    return null;
  }
}

async function getReadyFromScratch(job: Job): Promise<Ready> {
  const { prepared, plan } = job;
  manualSeed(plan.seed);
  const model = createNetwork(prepared.info);
  const trainee = onImages(model, prepared);
  await tellTraining(job, "from scratch", model);
  return { model, trainee, trainer: await readyTrainer(trainee, plan, null) };
}

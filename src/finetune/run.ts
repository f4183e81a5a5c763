import { manualSeed } from "../autograd/index.ts";
import type { WeightSource } from "../formats/index.ts";
import type { Module } from "../nn/index.ts";
import { platform } from "../platform/index.ts";
import type { Evaluation } from "../train/index.ts";
import { startDevice } from "./device.ts";
import { reasonOf } from "./errors.ts";
import type { FinetuneEvent, Phase } from "./events.ts";
import { type Resumed, resumed, settingsText } from "./keeping/checkpoint.ts";
import { Keeper } from "./keeping/keeper.ts";
import { leavePlace, type TakenPlace, takePlace } from "./keeping/place.ts";
import { keepResult } from "./keeping/result.ts";
import { createNetwork, pretrainedNetwork } from "./network/build.ts";
import { kindOf } from "./places.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Comparison, FinetuneResult } from "./result.ts";
import { checkSettings, type FinetuneSettings } from "./settings/index.ts";
import type { Tell } from "./task.ts";
import { fitTrainee, measure, type Trained } from "./training/fit.ts";
import { planTraining, type TrainingPlan } from "./training/plan.ts";
import { decideTraining } from "./training/strategy.ts";
import { freezeOthers, trainableOf } from "./training/trainable.ts";
import { hasFrozenPrefix, onFeatures, onImages, type Trainee } from "./training/trainee.ts";

export interface FinetuneOptions {
  /** Raise it to stop after the current step. */
  readonly signal?: AbortSignal;
  /** The network that training starts from where the settings name none: see `assets/letters.safetensors`. */
  readonly builtin?: WeightSource;
  /**
   * Node: keep the result and, while it trains, its state on the disk, in a folder of its own below "out" where `save`
   * names no other place. Default: only where `save` is given.
   */
  readonly keep?: boolean;
  /** The checkpoint of a run that didn't come to its end, or true for the last one with these settings. */
  readonly resume?: string | true;
  /** Write over what is there already. */
  readonly overwrite?: boolean;
}

/** A run that has begun. */
interface Job {
  readonly settings: FinetuneSettings;
  readonly plan: TrainingPlan;
  readonly prepared: Prepared;
  /** null where nothing is kept. */
  readonly place: TakenPlace | null;
  readonly tell: Tell<FinetuneEvent>;
  readonly signal: AbortSignal;
}

/** The whole of `finetune`. */
export async function run(
  given: FinetuneSettings,
  options: FinetuneOptions,
  tell: Tell<FinetuneEvent>,
  signal: AbortSignal,
): Promise<FinetuneResult> {
  checkSettings(given);
  const earlier = options.resume ? await resumed(given, options.resume) : null;
  const settings = earlier?.settings ?? given;
  const prepared = await prepare(settings, options.builtin, tell);
  const plan = planTraining(settings, prepared.start);
  const place = await placeFor(settings, options, earlier);
  const job = { settings, plan, prepared, place, tell, signal };
  const result = await begun(job);
  await tell({ type: "result", result });
  return result;
}

async function placeFor(
  settings: FinetuneSettings,
  { keep = settings.save !== undefined, overwrite = false }: FinetuneOptions,
  earlier: Resumed | null,
): Promise<TakenPlace | null> {
  if (earlier) return { ...earlier.place, made: null };
  return keep ? takePlace(settings, await settingsText(settings), overwrite) : null;
}

/** Whatever ends a run before there is something to go on from, its place is free again. */
async function begun(job: Job): Promise<FinetuneResult> {
  const { place, signal, tell, prepared } = job;
  try {
    await startDevice(job.settings.tuning, tell);
    return await train(await decided(job));
  } catch (error) {
    const nothing = place === null || (await kindOf(place.checkpoint)) === null;
    if (place && nothing) await leavePlace(place, []);
    const checkpoint = nothing ? null : place.checkpoint;
    if (!signal.aborted || error !== signal.reason) {
      await tell({ type: "failed", why: reasonOf(error), checkpoint });
      throw error;
    }
    await tell({ type: "interrupted", step: 0, checkpoint });
    return { ...unfinished(prepared), step: 0, model: null, checkpoint };
  }
}

/** Finds out what to train where that was asked for; what it found is then a setting like others. */
async function decided(job: Job): Promise<Job> {
  const { prepared, plan, place, tell, signal } = job;
  if (!plan.train.includes("auto")) return job;
  const settings = await decideTraining(job.settings, prepared, plan, tell, signal);
  if (place) {
    const text = await settingsText(settings);
    await platform().writeFileAtomic(place.settings, text(place.save));
  }
  return { ...job, settings, plan: planTraining(settings, prepared.start) };
}

async function train(job: Job): Promise<FinetuneResult> {
  const { prepared, plan, place, tell, signal } = job;
  manualSeed(plan.seed);
  const model = pretrainedNetwork(prepared.info, prepared.pretrained, tell);
  freezeOthers(model, plan);
  const trainee = await chooseTrainee(model, job);
  const { epochs } = plan;
  const network = prepared.info;
  await tell({ type: "training", phase: "fine-tuning", ...trainableOf(model), epochs, network });
  const before = await judge(job, "before", model, trainee);
  const keeper = place && new Keeper(place.checkpoint, job.settings.checkpointEvery ?? 30, tell);
  const resume = place && (await kindOf(place.checkpoint)) ? place.checkpoint : null;
  const how = { phase: "fine-tuning", plan, tell, signal, keeper, resume } as const;
  const trained = await fitTrainee(trainee, how);
  const { steps: step, stopped } = trained.history;
  if (place && stopped && (await keeper?.keep(trained.trainer))) {
    await tell({ type: "interrupted", step, checkpoint: place.checkpoint });
    return { ...unfinished(prepared), step, model, checkpoint: place.checkpoint };
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
): Promise<Evaluation> {
  const evaluation = await measure(trainee, plan);
  const { validation, plainTransform: transform } = prepared;
  await tell({ type: "evaluated", phase, evaluation, model, validation, transform });
  return evaluation;
}

function described(network: Prepared["info"]) {
  return { network, classes: network.classes, input: network.input };
}

function unfinished({ info }: Prepared) {
  return {
    ...described(info),
    ...{ complete: false, history: null, evaluation: null, comparison: [], files: null },
  };
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

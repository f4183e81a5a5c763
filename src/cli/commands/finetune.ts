import { basename, extname, join } from "node:path";
import { manualSeed } from "../../autograd/index.ts";
import { classWeights } from "../../data/index.ts";
import type { Module } from "../../nn/index.ts";
import { type Evaluation, Trainer } from "../../train/index.ts";
import { findStrategy } from "../auto.ts";
import { hasFrozenPrefix, onFeatures, onImages, type Trainee } from "../cached.ts";
import { saveCard } from "../card.ts";
import { checkpointPath, removeCheckpoint, resumedOptions, saveCheckpoint } from "../checkpoint.ts";
import { startDevice } from "../device.ts";
import { EXIT } from "../errors.ts";
import { NothingTrained, withInterrupt } from "../interrupt.ts";
import { createNetwork, loadTrunk } from "../network.ts";
import type { FinetuneOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandName, quoted } from "../paths.ts";
import { type Prepared, prepare } from "../prepare.ts";
import { reportRun } from "../report.ts";
import { checkSavePath, prepareTarget, saveNetwork } from "../saving.ts";
import { type Settings, settle } from "../settings.ts";
import type { Result } from "../table.ts";
import { chooseFrozen, chooseTrainable, trainableText } from "../trainable.ts";
import { runFit, trainerOptions } from "../training.ts";

/** `graft finetune`. @returns the exit code. */
export async function finetune(given: FinetuneOptions, output: Output): Promise<number> {
  const options = given.resume ? resumedOptions(given, defaultSave(given)) : given;
  const save = options.save ?? defaultSave(options);
  checkSavePath(save);
  const prepared = await prepare(options, output);
  await prepareTarget(save);
  const settings = settle(options, prepared.pretrained, save);
  const device = await startDevice(options.adapter ?? "system", output, options.tuning);
  try {
    return await withInterrupt((signal) => run({ options, prepared, settings, output, signal }));
  } catch (error) {
    if (!(error instanceof NothingTrained)) throw error;
    output.line("\nStopped before the first step: nothing was trained, and nothing saved.");
    return EXIT.interrupted;
  } finally {
    device.destroy();
  }
}

function defaultSave({ data, weights, arch }: FinetuneOptions): string {
  if (!data && !weights && !arch) return join("out", "builtin", "model.safetensors");
  const network = arch ?? (weights ? basename(weights, extname(weights)) : "builtin");
  const task = data ? basename(data[0]).replace(/\W+/g, "-") : "digits";
  return join("out", `${network}-${task}`, "model.safetensors");
}

interface Job {
  readonly options: FinetuneOptions;
  readonly prepared: Prepared;
  readonly settings: Settings;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Finds out what to train where that was asked for; what it found is then an option like others. */
async function decide(job: Job): Promise<Job> {
  const { prepared, settings, options, output, signal } = job;
  if (!settings.train.includes("auto")) return job;
  const { freeze, lr } = await findStrategy(prepared, options, settings, output, signal);
  const { train: _, ...others } = options;
  const found = freeze === null ? { train: ["all"] } : { freeze: String(freeze) };
  // The rates tried are Adam's.
  const rate = settings.optimizer.startsWith("adam") ? lr : undefined;
  const decided: FinetuneOptions = { ...others, ...found, lr: options.lr ?? rate };
  return {
    ...job,
    options: decided,
    settings: settle(decided, prepared.pretrained, settings.save),
  };
}

async function run(asked: Job): Promise<number> {
  const job = await decide(asked);
  const { prepared, settings, output } = job;
  manualSeed(settings.seed);
  const model = createNetwork(prepared.info);
  startFrom(model, job);
  const trainee = await chooseTrainee(model, job);
  output.line(`Training ${trainableText(model)}, for ${settings.epochs} epochs\n`);
  const before = await new Trainer(optionsFor(trainee, settings)).evaluate(trainee.validation, {
    batchSize: 50,
    transform: trainee.evalTransform,
  });
  const tuned = await trainResumably(trainee, job);
  if (!tuned) return EXIT.interrupted;
  const { evaluation } = tuned;
  const files = await saveTrained(model, job);
  // A finished run has no use for the checkpoint that it went on from.
  if (typeof job.options.resume === "string") await removeCheckpoint(job.options.resume);
  const card = await saveCard({ model, path: settings.save, prepared, settings, evaluation });
  const saved = { ...files, card };
  const scratch = settings.compare ? await fromScratch(job) : null;
  const start = prepared.pretrained ? "pretrained, new untrained head" : "untrained";
  const results: Result[] = [
    { ...before, name: `before: ${start}`, seconds: null },
    ...(scratch ? [scratch] : []),
    { ...evaluation, name: "fine-tuned", seconds: tuned.seconds },
  ];
  reportRun({ results, evaluation, saved, prepared }, output);
  return EXIT.ok;
}

/** Saves the network; where that fails, as plain weights, so that the training isn't lost. */
async function saveTrained(model: Module, { settings, prepared }: Job) {
  try {
    return await saveNetwork(model, settings.save, prepared.info);
  } catch (cause) {
    const instead = `${settings.save}.safetensors`;
    await saveNetwork(model, instead, prepared.info).catch(() => {
      throw cause; // the disk is full, say: the first reason is the one to know
    });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${settings.save} could not be saved: ${why}. The trained network is in ${instead}`,
      {
        cause,
      },
    );
  }
}

function startFrom(model: Module, { prepared, settings, output }: Job): void {
  const { pretrained, info } = prepared;
  if (pretrained) {
    const { path: name, file } = pretrained;
    loadTrunk(model, file, { name, classes: info.classes.length, output });
  }
  if (settings.freeze === undefined) chooseTrainable(model, settings.train);
  else chooseFrozen(model, settings.freeze);
}

function optionsFor(trainee: Trainee, settings: Settings) {
  const weights = settings.classWeights ? classWeights(trainee.train) : undefined;
  return trainerOptions(trainee.model, trainee.train.length, settings, weights);
}

/** Cached features serve where layers are frozen and every epoch sees the same pictures. */
function chooseTrainee(model: Module, job: Job): Promise<Trainee> | Trainee {
  const { options, prepared, settings, output, signal } = job;
  const varied = (options.augment ?? []).length > 0;
  if (options.cache === false || varied || !hasFrozenPrefix(model))
    return onImages(model, prepared);
  return onFeatures(model, prepared, settings, output, signal);
}

interface Trained {
  readonly evaluation: Evaluation;
  readonly seconds: number;
}

/** Trains to the end, or saves a checkpoint and says how to go on. */
async function trainResumably(trainee: Trainee, job: Job): Promise<Trained | null> {
  const { options, settings, output, signal } = job;
  const about = optionsFor(trainee, settings);
  const trainer =
    typeof options.resume === "string"
      ? await Trainer.resume(options.resume, about)
      : new Trainer(about);
  const trained = await train(trainer, trainee, { settings, output, signal }, "fine-tuning");
  if (trained) return trained;
  const path = checkpointPath(settings.save);
  await saveCheckpoint(trainer, path, options);
  const { step } = trainer.position;
  output.emit("stopped", { step, checkpoint: path });
  output.line(`\nStopped after step ${step}; saved in ${path}. To go on:`);
  output.line(`  ${commandName()} --resume ${quoted(path)}`);
  return null;
}

/** The same architecture, data and budget without the pretrained weights. */
async function fromScratch({ prepared, settings, output, signal }: Job): Promise<Result | null> {
  manualSeed(settings.seed);
  const trainee = onImages(createNetwork(prepared.info), prepared);
  const trainer = new Trainer(optionsFor(trainee, settings));
  const trained = await train(trainer, trainee, { settings, output, signal }, "from scratch");
  if (!trained) {
    output.line("\nThe comparison was left out: it was stopped.");
    return null;
  }
  return { ...trained.evaluation, name: "from scratch, same budget", seconds: trained.seconds };
}

async function train(
  trainer: Trainer,
  trainee: Trainee,
  { settings, output, signal }: Pick<Job, "settings" | "output" | "signal">,
  name: string,
): Promise<Trained | null> {
  const { transform, evalTransform, train, validation } = trainee;
  const { epochs, batchSize, accumulate } = settings;
  const started = performance.now();
  const options = { epochs, batchSize, accumulate, transform, evalTransform, signal };
  if (!(await runFit(trainer, train, options, output.progress(name)))) return null;
  const seconds = (performance.now() - started) / 1000;
  const evaluation = await trainer.evaluate(validation, {
    batchSize: 50,
    transform: evalTransform,
  });
  return { evaluation, seconds };
}

import { checkOptions } from "../base/index.ts";
import { DataLoader, type Dataset, type LoadedBatch } from "../data/index.ts";
import { compileEvents } from "./compile.ts";
import { lossReason } from "./device_loss.ts";
import type { CompileEvent, EpochEvent, StepEvent, TrainEvent } from "./events.ts";
import type { Evaluation } from "./metrics.ts";
import { NonFiniteLossError } from "./non_finite_loss.ts";
import { FIT_OPTIONS, type FitOptions } from "./options.ts";
import { addTo, type Outcome, outcomeOf, type Part } from "./outcome.ts";
import { noTotals, type Position, type Totals } from "./position.ts";
import { ProgressMeter } from "./progress.ts";
import type { Snapshot } from "./snapshot.ts";
import { readLater } from "./steps.ts";
import type { Trainer } from "./trainer.ts";

/** A GPU that is lost this often in one run won't come back. */
const MAX_LOSSES = 5;

interface Submitted {
  readonly outcome: Promise<Outcome>;
  /** Where training stands after this step. */
  readonly at: Position;
  readonly learningRate: number;
}

/** One call of `fit`. */
export class Run {
  readonly #loader: DataLoader;
  readonly #epochs: number;
  /** Batches a step. */
  readonly #accumulate: number;
  /** Examples an epoch. */
  readonly #examples: number;
  readonly #meter = new ProgressMeter();
  #lastOutcome: Promise<unknown> = Promise.resolve();
  #losses = 0;
  /** Whether the kernels are there: only their compilation is worth an event. */
  #compiled = false;
  /** Whether the trainer's snapshot is of now. */
  #remembered = true;

  constructor(
    private readonly trainer: Trainer,
    private readonly trainSet: Dataset,
    private readonly options: FitOptions,
  ) {
    checkOptions("fit", options, FIT_OPTIONS);
    const {
      epochs = 1,
      batchSize = 32,
      shuffle = !options.sampler,
      transform,
      dropLast,
      sampler,
      prefetch,
      accumulate = 1,
    } = options;
    for (const [name, value] of Object.entries({ epochs, accumulate }))
      if (!Number.isInteger(value) || value < 1)
        throw new Error(`fit: ${name} must be a whole number of at least 1, not ${value}`);
    const seed = options.seed ?? trainer.seed;
    this.#epochs = epochs;
    this.#accumulate = accumulate;
    this.#loader = new DataLoader(trainSet, {
      batchSize,
      shuffle,
      seed,
      transform,
      dropLast,
      sampler,
      prefetch,
    });
    this.#examples = sampler?.length ?? trainSet.length;
    trainer.evalTransform = options.evalTransform ?? this.#loader.evalTransform;
  }

  /** The whole run, going on after device losses. */
  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    const { trainer, options } = this;
    await trainer.prepare(this.#epochs);
    try {
      while (trainer.position.epoch < this.#epochs) {
        try {
          yield* this.#epoch();
        } catch (error) {
          yield await this.#recover(error);
        }
        if (!options.signal?.aborted || trainer.position.epoch >= this.#epochs) continue;
        yield { type: "stopped", step: trainer.position.step };
        return;
      }
      trainer.finished = true;
    } finally {
      // Also when the caller breaks off: a device lost later must not cost the steps since.
      if (!this.#remembered) await this.#remember().catch(() => {});
    }
  }

  async #remember(): Promise<Snapshot> {
    const snapshot = await this.trainer.remember();
    this.#remembered = true;
    return snapshot;
  }

  async *#epoch(): AsyncGenerator<TrainEvent, void, undefined> {
    const { trainer } = this;
    const { position } = trainer;
    const start = performance.now();
    trainer.model.train();
    this.#loader.setEpoch(position.epochsBegun);
    let submitted: Submitted | null = null;
    let parts: Part[] = [];
    if (this.#accumulate > 1) trainer.accumulation.clear();
    for await (const batch of this.#loader.batches(position.batch)) {
      if (parts.length === 0 && this.options.signal?.aborted) {
        for (const unused of [batch.images, batch.labels]) unused.dispose();
        break;
      }
      yield* this.#compile(batch);
      parts.push(this.#run(batch, position.batch + parts.length));
      if (!this.#endsStep(position.batch + parts.length)) continue;
      const next = this.#submit(parts);
      parts = [];
      if (submitted) yield await this.#finish(submitted);
      submitted = next;
    }
    if (submitted) yield await this.#finish(submitted);
    if (position.batch < this.#loader.length) return;
    yield* this.#finishEpoch((performance.now() - start) / 1000);
  }

  /** Records the step where that is due: then the number of outputs is known, before labels are used. */
  async *#compile({ images, labels }: LoadedBatch): AsyncGenerator<CompileEvent> {
    const { trainStep, accumulation, scaler } = this.trainer;
    const isRecorded =
      this.#accumulate > 1
        ? accumulation.isRecorded(images, labels)
        : trainStep.isRecorded(images, labels);
    // Parameters that begin to be trained count their steps from here on.
    if (!isRecorded) await scaler?.readSkipped();
    const compile = (report?: (done: number, total: number) => void) =>
      this.#accumulate > 1
        ? accumulation.compile(images, labels, report)
        : trainStep.compile([images, labels], report);
    if (!this.#compiled) {
      yield* compileEvents(compile);
      this.#compiled = true;
    } else if (!isRecorded) await compile();
  }

  /** Whether the optimizer steps after so many batches of the epoch. */
  #endsStep(batches: number): boolean {
    return batches % this.#accumulate === 0 || batches === this.#loader.length;
  }

  /** How many examples are in the step that a batch belongs to. */
  #examplesAround(index: number): number {
    const { batchSize, length } = this.#loader;
    const first = index - (index % this.#accumulate);
    const end = Math.min(length, first + this.#accumulate);
    return Math.min(end * batchSize, this.#examples) - first * batchSize;
  }

  /** Runs one batch: a whole step, or its part of one. */
  #run(batch: LoadedBatch, index: number): Part {
    const { trainer } = this;
    const { images, labels } = batch;
    const size = batch.indices.length;
    trainer.labelCheck.check(batch, this.trainSet);
    this.#remembered = false;
    const result =
      this.#accumulate > 1
        ? trainer.accumulation.add(images, labels, size / this.#examplesAround(index))
        : trainer.trainStep(images, labels);
    return { pending: readLater(result), targets: trainer.labelCheck.targetsOf(batch), size };
  }

  /** From here on the weights, and so the position, are those after this step. */
  #submit(parts: readonly Part[]): Submitted {
    const { trainer } = this;
    const { position } = trainer;
    const learningRate = learningRateOf(trainer);
    if (this.#accumulate > 1) trainer.accumulation.update();
    trainer.schedule?.afterStep();
    position.step++;
    position.batch += parts.length;
    const outcome = this.#count(parts, position.totals);
    trainer.inFlight = outcome;
    return { outcome, at: { ...position }, learningRate };
  }

  /** Adds a step to its epoch's totals, in the order of steps. */
  #count(parts: readonly Part[], totals: Totals): Promise<Outcome> {
    const before = this.#lastOutcome;
    const outcome = Promise.all([outcomeOf(parts), before]).then(([result]) => {
      addTo(totals, result);
      return result;
    });
    outcome.catch(() => {}); // the loop awaits it later; a device loss rejects it now
    this.#lastOutcome = outcome;
    return outcome;
  }

  /** Waits for a step and reports it. The step after it is already queued. */
  async #finish({ outcome, at, learningRate }: Submitted): Promise<StepEvent> {
    const { loss, right, count, size } = await outcome;
    if (!Number.isFinite(loss)) throw new NonFiniteLossError(loss, at.step, learningRate);
    const imagesPerSecond = this.#meter.tick(size);
    const { length, batchSize } = this.#loader;
    const imagesLeft = ((this.#epochs - at.epoch) * length - at.batch) * batchSize;
    return {
      type: "step",
      step: at.step,
      epoch: at.epoch,
      epochs: this.#epochs,
      batch: Math.ceil(at.batch / this.#accumulate),
      batches: Math.ceil(length / this.#accumulate),
      loss,
      accuracy: right === undefined ? undefined : right / count,
      learningRate,
      imagesPerSecond,
      secondsLeft: this.#meter.secondsLeft(imagesLeft, imagesPerSecond),
    };
  }

  async *#finishEpoch(seconds: number): AsyncGenerator<TrainEvent, void, undefined> {
    const { trainer, options } = this;
    const { position } = trainer;
    const { loss, count, right } = position.totals;
    const validation = await this.#validate();
    trainer.schedule?.afterEpoch(validation?.loss ?? loss / count);
    const event: EpochEvent = {
      type: "epoch",
      epoch: position.epoch,
      epochs: this.#epochs,
      loss: loss / count,
      accuracy: right === undefined ? undefined : right / count,
      validation,
      seconds,
    };
    position.epoch++;
    position.epochsBegun++;
    position.batch = 0;
    position.totals = noTotals();
    this.#remembered = false;
    yield event;
    const snapshot = await this.#remember();
    if (options.store) {
      const { writeCheckpoint } = await import("./checkpoint.ts");
      await writeCheckpoint(options.store, snapshot);
    }
    yield { type: "checkpoint", step: position.step, stored: options.store !== undefined };
  }

  async #validate(): Promise<Evaluation | undefined> {
    const { validation, batchSize } = this.options;
    if (!validation) return undefined;
    const { trainer } = this;
    // Changing the mode makes both steps be recorded anew: their memory needn't be there at once.
    trainer.disposeTraining();
    const result = await trainer.evaluate(validation, { batchSize });
    trainer.evalStep.dispose();
    return result;
  }

  #goBack(): void {
    this.trainer.goBack();
    this.#remembered = true;
  }

  /** Goes on after a device loss; everything else is the caller's to see. */
  async #recover(error: unknown): Promise<TrainEvent> {
    const { trainer } = this;
    const reason = await lossReason();
    if (reason === null || this.#losses++ >= MAX_LOSSES) {
      if (error instanceof NonFiniteLossError) this.#goBack();
      throw error;
    }
    this.#lastOutcome = Promise.resolve();
    await trainer.recover();
    this.#compiled = false;
    this.#remembered = true;
    return { type: "deviceLost", reason, step: trainer.position.step };
  }
}

function learningRateOf(trainer: Trainer): number {
  const [group] = trainer.optimizer.groups as { lr?: number }[];
  return group?.lr ?? Number.NaN;
}

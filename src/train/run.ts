import { checkOptions } from "../autograd/options.ts";
import { DataLoader, type Dataset, type LoadedBatch } from "../data/index.ts";
import { currentDevice } from "../gpu/index.ts";
import { compileEvents } from "./compile.ts";
import type { CompileEvent, EpochEvent, StepEvent, TrainEvent } from "./events.ts";
import { countRight, type Evaluation } from "./metrics.ts";
import { ProgressMeter } from "./progress.ts";
import type { Snapshot } from "./snapshot.ts";
import { type PendingResult, readLater } from "./steps.ts";
import type { FitOptions, Trainer } from "./trainer.ts";

const KNOWN = [
  "epochs",
  "batchSize",
  "shuffle",
  "seed",
  "transform",
  "evalTransform",
  "dropLast",
  "sampler",
  "prefetch",
  "validation",
  "signal",
  "store",
];
/** A GPU that is lost this often in one run won't come back. */
const MAX_LOSSES = 5;

interface Submitted {
  readonly pending: PendingResult;
  readonly batch: LoadedBatch;
  readonly learningRate: number;
}

interface Totals {
  loss: number;
  right: number;
  count: number;
}

/** One call of `fit`. */
export class Run {
  readonly #loader: DataLoader;
  readonly #epochs: number;
  readonly #meter = new ProgressMeter();
  #snapshot: Snapshot | null = null;
  #totals: Totals = { loss: 0, right: 0, count: 0 };
  #losses = 0;

  constructor(
    private readonly trainer: Trainer,
    trainSet: Dataset,
    private readonly options: FitOptions,
  ) {
    checkOptions("fit", options, KNOWN);
    const {
      epochs = 1,
      batchSize = 32,
      shuffle = !options.sampler,
      transform,
      dropLast,
      sampler,
      prefetch,
    } = options;
    if (!Number.isInteger(epochs) || epochs < 1)
      throw new Error(`fit: epochs must be a whole number of at least 1`);
    const seed = options.seed ?? trainer.seed;
    this.#epochs = epochs;
    this.#loader = new DataLoader(trainSet, {
      batchSize,
      shuffle,
      seed,
      transform,
      dropLast,
      sampler,
      prefetch,
    });
    trainer.evalTransform = options.evalTransform ?? this.#loader.evalTransform;
  }

  /** The whole run, going on after device losses. */
  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    if (this.trainer.position.epoch >= this.#epochs) this.#startAnew();
    await this.trainer.prepareLossSnapshot();
    this.#snapshot = await this.trainer.snapshot();
    while (this.trainer.position.epoch < this.#epochs) {
      try {
        yield* this.#epoch();
        if (this.options.signal?.aborted) {
          yield { type: "stopped", step: this.trainer.position.step };
          return;
        }
      } catch (error) {
        yield await this.#recover(error);
      }
    }
  }

  #startAnew(): void {
    Object.assign(this.trainer.position, { epoch: 0, batch: 0 });
  }

  async *#epoch(): AsyncGenerator<TrainEvent, void, undefined> {
    const { trainer } = this;
    const { position } = trainer;
    const start = performance.now();
    if (position.batch === 0) this.#totals = { loss: 0, right: 0, count: 0 };
    trainer.model.train();
    this.#loader.setEpoch(position.epochsBegun);
    let submitted: Submitted | null = null;
    for await (const batch of this.#loader.batches(position.batch)) {
      if (this.options.signal?.aborted) break;
      if (trainer.trainStep.launches === 0) yield* this.#compile(batch);
      const next = this.#submit(batch);
      if (submitted) yield await this.#finish(submitted);
      submitted = next;
    }
    if (submitted) yield await this.#finish(submitted);
    if (position.batch < this.#loader.length) return;
    yield* this.#finishEpoch((performance.now() - start) / 1000);
  }

  #compile(batch: LoadedBatch): AsyncGenerator<CompileEvent> {
    return compileEvents((report) =>
      this.trainer.trainStep.compile([batch.images, batch.labels], report),
    );
  }

  #submit(batch: LoadedBatch): Submitted {
    const { trainer } = this;
    const learningRate = learningRateOf(trainer);
    const pending = readLater(trainer.trainStep(batch.images, batch.labels));
    trainer.schedule?.afterStep();
    return { pending, batch, learningRate };
  }

  /** Waits for a step and reports it. The step after it is already queued. */
  async #finish({ pending, batch, learningRate }: Submitted): Promise<StepEvent> {
    const { position } = this.trainer;
    const [loss, predictions] = await Promise.all([pending.loss, pending.predictions]);
    if (!Number.isFinite(loss)) throw new NonFiniteLossError(loss, position.step + 1, learningRate);
    const count = batch.targets.length;
    const right = countRight(batch.targets, predictions);
    this.#totals.loss += loss * count;
    this.#totals.right += right;
    this.#totals.count += count;
    position.step++;
    position.batch++;
    const imagesPerSecond = this.#meter.tick(count);
    return {
      type: "step",
      step: position.step,
      epoch: position.epoch,
      epochs: this.#epochs,
      batch: position.batch,
      batches: this.#loader.length,
      loss,
      accuracy: predictions.length > 0 ? right / count : undefined,
      learningRate,
      imagesPerSecond,
      secondsLeft: this.#meter.secondsLeft(this.#stepsLeft() * count, imagesPerSecond),
    };
  }

  #stepsLeft(): number {
    const { epoch, batch } = this.trainer.position;
    return (this.#epochs - epoch) * this.#loader.length - batch;
  }

  async *#finishEpoch(seconds: number): AsyncGenerator<TrainEvent, void, undefined> {
    const { trainer, options } = this;
    const { position } = trainer;
    const { loss, right, count } = this.#totals;
    const validation = await this.#validate();
    trainer.schedule?.afterEpoch(validation?.loss ?? loss / count);
    const event: EpochEvent = {
      type: "epoch",
      epoch: position.epoch,
      epochs: this.#epochs,
      loss: loss / count,
      accuracy: right / count,
      validation,
      seconds,
    };
    position.epoch++;
    position.epochsBegun++;
    position.batch = 0;
    yield event;
    this.#snapshot = await trainer.snapshot();
    if (options.store) await trainer.save(options.store);
    yield { type: "checkpoint", step: position.step, stored: options.store !== undefined };
  }

  async #validate(): Promise<Evaluation | undefined> {
    const { validation, batchSize } = this.options;
    if (!validation) return undefined;
    return this.trainer.evaluate(validation, { batchSize });
  }

  /** Goes on after a device loss; everything else is the caller's to see. */
  async #recover(error: unknown): Promise<TrainEvent> {
    const { trainer } = this;
    const device = currentDeviceOrNull();
    const reason = device ? await device.lostSoon() : "destroyed";
    if (reason === null || this.#losses++ >= MAX_LOSSES) {
      if (error instanceof NonFiniteLossError) trainer.restore(this.#snapshot!);
      throw error;
    }
    await trainer.recover(this.#snapshot!);
    return { type: "deviceLost", reason, step: trainer.position.step };
  }
}

function currentDeviceOrNull() {
  try {
    return currentDevice();
  } catch {
    return null;
  }
}

function learningRateOf(trainer: Trainer): number {
  const [group] = trainer.optimizer.groups as { lr?: number }[];
  return group?.lr ?? Number.NaN;
}

/** The loss became NaN or infinite. */
export class NonFiniteLossError extends Error {
  override readonly name = "NonFiniteLossError";
  constructor(loss: number, step: number, learningRate: number) {
    super(
      `the loss is ${loss} at step ${step} (learning rate ${learningRate}); the weights were set back to the last ` +
        "snapshot. Try a lower learning rate, clipGradNorm: 1, or check the inputs' range and labels",
    );
  }
}

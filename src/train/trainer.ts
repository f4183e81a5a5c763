import { manualSeed } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../data/index.ts";
import { init } from "../kernels/index.ts";
import { CrossEntropyLoss, Module, setRecompute } from "../nn/index.ts";
import { type GradScaler, Optimizer } from "../optim/index.ts";
import { Accumulation } from "./accumulation.ts";
import type { Store } from "./checkpoint.ts";
import { currentDeviceOrNull, lossReason } from "./device_loss.ts";
import { evaluate } from "./evaluate.ts";
import type { TrainEvent } from "./events.ts";
import { LabelCheck } from "./label_check.ts";
import { LossTensors } from "./loss_tensors.ts";
import type { Evaluation } from "./metrics.ts";
import { type FitOptions, TRAINER_OPTIONS, type TrainerOptions } from "./options.ts";
import { type Position, startPosition } from "./position.ts";
import { availablePrecision, checkPrecision, type Precision } from "./precision.ts";
import { type Prediction, type PredictOptions, predict } from "./predict.ts";
import { Run } from "./run.ts";
import { adaptSchedule } from "./scheduling.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
import { captureEvalStep, captureTrainStep, type LossFunction } from "./steps.ts";

/**
 * Trains, evaluates and predicts with captured steps. Survives the loss of the GPU: it takes a new
 * device and goes on from its last snapshot.
 */
export class Trainer {
  readonly model: Module;
  readonly optimizer: Optimizer<object>;
  readonly seed: number;
  readonly options: TrainerOptions;
  readonly schedule: ReturnType<typeof adaptSchedule>;
  readonly trainStep: ReturnType<typeof captureTrainStep>;
  /** In place of `trainStep` where several batches make one step. */
  readonly accumulation: Accumulation;
  readonly evalStep: ReturnType<typeof captureEvalStep>;
  readonly labelCheck: LabelCheck;
  /** What this adapter trains in: see the option. */
  readonly precision: Precision;
  /** The loss scale, in half precision: there once the trainer is `ready`. */
  scaler: GradScaler | null = null;
  readonly #lossTensors: LossTensors;
  readonly #loss: Module | LossFunction;
  position: Position = startPosition();
  /** Whether the last run went to its end: the next `fit` is another run. */
  finished = false;
  /** The step that was submitted last; settles when its loss is known and counted. */
  inFlight: Promise<unknown> = Promise.resolve();
  /** What a lost device costs nothing beyond. */
  #lastSnapshot: Snapshot | null = null;
  #running = false;

  constructor(options: TrainerOptions) {
    checkOptions("Trainer", options, TRAINER_OPTIONS);
    if (!(options.model instanceof Module)) throw new Error("Trainer: model must be an nn.Module");
    if (!(options.optimizer instanceof Optimizer))
      throw new Error("Trainer: optimizer must be one of optim");
    this.options = options;
    this.model = options.model;
    this.optimizer = options.optimizer;
    if (options.recompute !== undefined) setRecompute(options.model, options.recompute);
    this.seed = options.seed ?? 0;
    this.schedule = adaptSchedule(options.schedule);
    for (const metric of [options.metrics ?? []].flat()) {
      if (metric !== "accuracy")
        throw new Error(`Trainer: unknown metric ${metric}; known: accuracy`);
    }
    for (const callback of [options.callbacks ?? []].flat()) {
      if (typeof callback !== "function")
        throw new TypeError(`Trainer: a callback must be a function, not ${callback}`);
    }
    const given = options.loss ?? new CrossEntropyLoss();
    if (!(given instanceof Module || typeof given === "function"))
      throw new Error("Trainer: loss must be an nn.Module or a function");
    this.labelCheck = new LabelCheck(given);
    this.#lossTensors = new LossTensors(given);
    this.#loss = given;
    const loss: LossFunction =
      given instanceof Module ? (x, y) => given.forward(x, y) as ReturnType<LossFunction> : given;
    this.precision = availablePrecision(checkPrecision("Trainer", options.precision));
    const { model, optimizer, labelCheck: labels, precision } = this;
    const clipGradNorm = options.clipGradNorm ?? null;
    const scaler = () => this.scaler;
    const parts = { model, loss, optimizer, clipGradNorm, labels, precision, scaler };
    this.trainStep = captureTrainStep(parts);
    this.accumulation = new Accumulation(parts);
    this.evalStep = captureEvalStep(this.model, loss, this.labelCheck);
    manualSeed(this.seed);
  }

  /** Loads what half precision needs. `fit` and `resume` do it themselves; it comes before a `trainStep` alone. */
  async ready(): Promise<void> {
    if (this.precision === "f32" || this.scaler) return;
    const { GradScaler } = await import("../optim/index.ts");
    this.scaler ??= new GradScaler();
  }

  /**
   * Trains for `epochs` passes over `trainSet` and yields events as they happen. After a stop (or
   * a `break` out of the events), or on a resumed trainer, it goes on within the run that was
   * interrupted; after a finished run it begins another one.
   *
   * @throws NonFiniteLossError when the loss is NaN or infinite; the weights are then those of the
   *   last snapshot. Error naming the example when data can't be read, or its label is none of the
   *   model's outputs.
   */
  async *fit(
    trainSet: Dataset,
    options: FitOptions = {},
  ): AsyncGenerator<TrainEvent, void, undefined> {
    if (this.#running)
      throw new Error("Trainer: fit is running already; wait for it or stop it with its signal");
    this.#running = true;
    try {
      for await (const event of new Run(this, trainSet, options).events()) {
        for (const callback of [this.options.callbacks ?? []].flat()) await callback(event);
        yield event;
      }
    } finally {
      this.#running = false;
    }
  }

  /**
   * Loss, accuracy, confusion matrix and per-class scores, in evaluation mode.
   * @throws RangeError naming an example whose label the model has no output for.
   */
  async evaluate(
    dataset: Dataset,
    options: {
      batchSize?: number;
      transform?: DataLoaderOptions["transform"];
      signal?: AbortSignal;
    } = {},
  ): Promise<Evaluation> {
    checkOptions("evaluate", options, ["batchSize", "transform", "signal"]);
    const { batchSize = 32, transform, signal } = options;
    const loader = new DataLoader(dataset, {
      batchSize,
      transform: transform ?? this.evalTransform,
    });
    const work = () => evaluate(this.model, this.evalStep, this.labelCheck, loader, signal);
    return this.#running ? work() : this.#survivingLoss(work); // fit recovers by itself
  }

  /** The transform that the last `fit` validated with. */
  evalTransform: DataLoaderOptions["transform"];

  /** Class probabilities for images [N, C, H, W] or a dataset, as the loss takes the outputs. */
  predict(
    images: Parameters<typeof predict>[1],
    options: PredictOptions = {},
  ): Promise<Prediction[]> {
    const settings = { transform: this.evalTransform, ...options };
    const work = () => predict(this.model, images, settings, this.#loss);
    return this.#running ? work() : this.#survivingLoss(work);
  }

  /** A copy of everything training depends on, in host memory. */
  async snapshot(): Promise<Snapshot> {
    await this.inFlight;
    return takeSnapshot(this, this.position);
  }

  /** Takes the snapshot that training goes back to when the device is lost. */
  async remember(): Promise<Snapshot> {
    this.#lastSnapshot = await this.snapshot();
    return this.#lastSnapshot;
  }

  /** Before a run of so many epochs: finds a device and takes the snapshot to fall back on. */
  async prepare(epochs: number): Promise<void> {
    this.inFlight = Promise.resolve();
    await this.ready();
    const anew = this.finished || this.position.epoch >= epochs;
    await this.#survivingLoss(async () => {
      if (anew) this.#startAnew();
      await this.#lossTensors.save();
      await this.remember();
    });
  }

  /** The next run begins at its first epoch. */
  #startAnew(): void {
    const { step, epochsBegun } = this.position;
    this.position = { ...startPosition(), step, epochsBegun };
    this.finished = false;
  }

  /** Gives back the memory of captured training steps. */
  disposeTraining(): void {
    this.trainStep.dispose();
    this.accumulation.dispose();
  }

  /** Goes back to a snapshot, on the current device. */
  restore(snapshot: Snapshot): void {
    this.disposeTraining();
    this.evalStep.dispose();
    restoreSnapshot(snapshot, this);
    this.#lossTensors.restore();
    this.position = structuredClone(snapshot.position);
    this.inFlight = Promise.resolve();
  }

  /** Goes back to the last snapshot. */
  goBack(): void {
    if (this.#lastSnapshot) this.restore(this.#lastSnapshot);
  }

  /** Takes a new device after the old one was lost and goes back to the last snapshot on it. */
  async recover(): Promise<void> {
    this.trainStep.abandon();
    this.accumulation.abandon();
    this.evalStep.abandon();
    const tuning = currentDeviceOrNull()?.tuning;
    (await init({ tuning })).assertUsable();
    this.goBack();
  }

  /** Tries again on a new device where the old one was lost. */
  async #survivingLoss<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.#lastSnapshot || (await lossReason()) === null) throw error;
      await this.recover();
      return work();
    }
  }

  /** Writes model, optimizer, schedule, random state and position to a path or store, atomically. */
  async save(store: Store): Promise<void> {
    const snapshot = await this.snapshot();
    const { writeCheckpoint } = await import("./checkpoint.ts");
    await writeCheckpoint(store, snapshot);
  }

  /**
   * A trainer that goes on where `save` left off. Model, optimizer and loss are built as before;
   * their state comes from the store.
   */
  static async resume(store: Store, options: TrainerOptions): Promise<Trainer> {
    const trainer = new Trainer(options);
    await trainer.ready();
    const { readCheckpoint } = await import("./checkpoint.ts");
    const snapshot = await readCheckpoint(store, trainer.model);
    trainer.restore(snapshot);
    return trainer;
  }
}

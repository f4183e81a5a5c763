import { checkOptions } from "../autograd/options.ts";
import { manualSeed } from "../autograd/random.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../data/index.ts";
import { currentDevice, init } from "../gpu/index.ts";
import { CrossEntropyLoss, Module } from "../nn/index.ts";
import { Optimizer } from "../optim/index.ts";
import { readCheckpoint, type Store, writeCheckpoint } from "./checkpoint.ts";
import { evaluate } from "./evaluate.ts";
import type { TrainEvent } from "./events.ts";
import { LossTensors } from "./loss_tensors.ts";
import type { Evaluation } from "./metrics.ts";
import { type Position, START } from "./position.ts";
import { type Prediction, predict } from "./predict.ts";
import { Run } from "./run.ts";
import { adaptSchedule, type Scheduling } from "./scheduling.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
import { captureEvalStep, captureTrainStep, type LossFunction } from "./steps.ts";

export interface TrainerOptions {
  model: Module;
  optimizer: Optimizer<object>;
  /** A loss module or function of (outputs, targets). Default cross-entropy on class indices. */
  loss?: Module | LossFunction;
  metrics?: readonly "accuracy"[];
  /** Steps once an epoch, or once a step where its class says so (OneCycleLR, LinearWarmup). */
  schedule?: Scheduling;
  /** Seed of shuffling, augmentation and dropout. Default 0. */
  seed?: number;
  callbacks?: readonly ((event: TrainEvent) => void | Promise<void>)[];
  /** Scales gradients down to this total norm. */
  clipGradNorm?: number;
}

export interface FitOptions extends Omit<DataLoaderOptions, "batchSize" | "dropLast" | "sampler"> {
  epochs?: number;
  batchSize?: number;
  dropLast?: boolean;
  sampler?: DataLoaderOptions["sampler"];
  /** Evaluated after every epoch. */
  validation?: Dataset;
  /** Transform for validation; the training transform without its random parts where left out. */
  evalTransform?: DataLoaderOptions["transform"];
  /** Raise it to stop after the current step; `fit` again, or save and resume, goes on from there. */
  signal?: AbortSignal;
  /** Saved to after every epoch. */
  store?: Store;
}

const KNOWN = [
  "model",
  "optimizer",
  "loss",
  "metrics",
  "schedule",
  "seed",
  "callbacks",
  "clipGradNorm",
];

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
  readonly evalStep: ReturnType<typeof captureEvalStep>;
  readonly #lossTensors: LossTensors;
  position: Position = { ...START };
  #running = false;

  constructor(options: TrainerOptions) {
    checkOptions("Trainer", options, KNOWN);
    if (!(options.model instanceof Module)) throw new Error("Trainer: model must be an nn.Module");
    if (!(options.optimizer instanceof Optimizer))
      throw new Error("Trainer: optimizer must be one of optim");
    this.options = options;
    this.model = options.model;
    this.optimizer = options.optimizer;
    this.seed = options.seed ?? 0;
    this.schedule = adaptSchedule(options.schedule);
    const given = options.loss ?? new CrossEntropyLoss();
    this.#lossTensors = new LossTensors(given);
    const loss: LossFunction =
      given instanceof Module ? (x, y) => given.forward(x, y) as ReturnType<LossFunction> : given;
    this.trainStep = captureTrainStep(
      this.model,
      loss,
      this.optimizer,
      options.clipGradNorm ?? null,
    );
    this.evalStep = captureEvalStep(this.model, loss);
    manualSeed(this.seed);
  }

  /**
   * Trains for `epochs` passes over `trainSet` and yields events as they happen. After a stop, or
   * on a resumed trainer, it goes on within the run that was interrupted.
   *
   * @throws Error when the loss is no longer finite; the weights are then those of the last
   *   snapshot. Error naming the example when data can't be read.
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
        for (const callback of this.options.callbacks ?? []) await callback(event);
        yield event;
      }
    } finally {
      this.#running = false;
    }
  }

  /** Loss, accuracy, confusion matrix and per-class scores, in evaluation mode. */
  evaluate(
    dataset: Dataset,
    options: {
      batchSize?: number;
      transform?: DataLoaderOptions["transform"];
      signal?: AbortSignal;
    } = {},
  ): Promise<Evaluation> {
    const { batchSize = 32, transform, signal } = options;
    const loader = new DataLoader(dataset, {
      batchSize,
      transform: transform ?? this.evalTransform,
    });
    return evaluate(this.model, this.evalStep, loader, dataset.classes ?? [], signal);
  }

  /** The transform that the last `fit` validated with. */
  evalTransform: DataLoaderOptions["transform"];

  /** Class probabilities for images [N, C, H, W] or a dataset. */
  predict(
    images: Parameters<typeof predict>[1],
    options: {
      batchSize?: number;
      transform?: DataLoaderOptions["transform"];
      classes?: readonly string[];
    } = {},
  ): Promise<Prediction[]> {
    return predict(this.model, images, { transform: this.evalTransform, ...options });
  }

  /** A copy of everything training depends on, in host memory. */
  snapshot(): Promise<Snapshot> {
    return takeSnapshot(this.model, this.optimizer, this.schedule, this.position);
  }

  /** Goes back to a snapshot, on the current device. */
  restore(snapshot: Snapshot): void {
    this.trainStep.dispose();
    this.evalStep.dispose();
    restoreSnapshot(snapshot, this.model, this.optimizer, this.schedule);
    this.#lossTensors.restore();
    this.position = { ...snapshot.position };
  }

  /** Takes a new device after the old one was lost and restores `snapshot` on it. */
  async recover(snapshot: Snapshot): Promise<void> {
    this.trainStep.abandon();
    this.evalStep.abandon();
    await init();
    currentDevice().assertUsable();
    this.restore(snapshot);
  }

  async prepareLossSnapshot(): Promise<void> {
    await this.#lossTensors.save();
  }

  /** Writes model, optimizer, schedule, random state and position to a path or store, atomically. */
  async save(store: Store): Promise<void> {
    await writeCheckpoint(store, await this.snapshot());
  }

  /**
   * A trainer that goes on where `save` left off. Model, optimizer and loss are built as before;
   * their state comes from the store.
   */
  static async resume(store: Store, options: TrainerOptions): Promise<Trainer> {
    const trainer = new Trainer(options);
    const snapshot = await readCheckpoint(store, trainer.model);
    trainer.restore(snapshot);
    return trainer;
  }
}

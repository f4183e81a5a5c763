import type { CapturedStep, Tensor } from "../autograd/index.ts";
import { Task } from "../base/index.ts";
import { type Dataset, transforms } from "../data/index.ts";
import { type Loss, type Module, setRecompute } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import type { Evaluation } from "./evaluation/evaluate.ts";
import { type EvaluateOptions, Evaluator } from "./evaluation/evaluator.ts";
import type { Prediction, PredictOptions } from "./evaluation/predict.ts";
import { SurvivingEvaluator } from "./evaluation/surviving_evaluator.ts";
import type { TrainEvent } from "./events.ts";
import { Accumulation } from "./loop/accumulation.ts";
import { Loop } from "./loop/loop.ts";
import { Tally } from "./loop/outcome.ts";
import { planFit } from "./loop/plan.ts";
import type { StepResult } from "./loop/step_result.ts";
import { WholeSteps } from "./loop/stepper.ts";
import { captureTrainStep, type StepInputs } from "./loop/steps.ts";
import { LabelCheck } from "./loss/label_check.ts";
import { lossOf } from "./loss/loss_of.ts";
import { metricsOf } from "./metrics/builtin.ts";
import type { Metric } from "./metrics/metric.ts";
import {
  callbacksOf,
  checkTrainerOptions,
  type FitOptions,
  type TrainerOptions,
} from "./options.ts";
import { availablePrecision, checkPrecision, type Precision } from "./precision.ts";
import type { Store } from "./state/checkpoint.ts";
import type { History } from "./state/history.ts";
import type { Position } from "./state/position.ts";
import type { Snapshot } from "./state/snapshot.ts";
import { Survival } from "./state/survival.ts";
import { TrainingState } from "./state/training_state.ts";

/**
 * Trains, evaluates and predicts with captured steps. Survives the loss of the GPU from the first call of `fit`, `evaluate`,
 * `predict` or `save` on: these keep a copy of the weights in host memory, take a new device and go on from there.
 */
export class Trainer {
  readonly options: TrainerOptions;
  readonly model: Module;
  readonly optimizer: Optimizer<object>;
  readonly seed: number;
  /** What this adapter trains in: see the option. */
  readonly precision: Precision;
  /** One optimizer step on [images, targets, …other inputs, or what the objective has beside them], captured: what `fit` runs for each batch. */
  readonly trainStep: CapturedStep<StepInputs, StepResult>;
  readonly #loss: Loss;
  readonly #metrics: readonly Metric[];
  readonly #labels: LabelCheck;
  readonly #state: TrainingState;
  /** In place of `trainStep` where several batches make one step. */
  readonly #accumulation: Accumulation;
  readonly #evaluator: Evaluator;
  readonly #survival: Survival;
  readonly #judge: SurvivingEvaluator;
  /** The share of a run that is done, for the steps. */
  readonly #progress = { value: 0 };
  #running = false;

  constructor(options: TrainerOptions) {
    checkTrainerOptions(options);
    const { model, optimizer, objective, schedule, seed = 0, clipGradNorm = null } = options;
    const { average = null, regularizer = null } = options;
    this.options = options;
    this.model = model;
    this.optimizer = optimizer;
    this.seed = seed;
    this.#metrics = metricsOf("Trainer", options.metrics);
    this.#loss = lossOf("Trainer", options.loss);
    this.precision = availablePrecision(checkPrecision("Trainer", options.precision));
    if (options.recompute !== undefined) setRecompute(model, options.recompute);
    const [loss, precision] = [this.#loss, this.precision];
    const trained = { model, loss, objective, optimizer, average, regularizer };
    this.#state = new TrainingState({ ...trained, schedule, seed, precision });
    this.#labels = new LabelCheck(loss);
    const readsOutputs = this.#metrics.some(({ reads = "outputs" }) => reads === "outputs");
    const { scaler, generator } = this.#state;
    const parts = {
      ...{ ...trained, clipGradNorm, labels: this.#labels, readsOutputs },
      ...{ precision, scaler, generator, progress: this.#progress },
    };
    this.trainStep = captureTrainStep(parts);
    this.#accumulation = new Accumulation(parts);
    this.#evaluator = new Evaluator(model, loss, this.#metrics, average);
    const steps = [this.trainStep, this.#accumulation, this.#evaluator];
    this.#survival = new Survival(this.#state, () => {
      for (const step of steps) step.abandon();
    });
    this.#judge = new SurvivingEvaluator(this.#evaluator, this.#survival, () => this.#running);
  }

  /** Where training stands. */
  get position(): Position {
    return this.#state.position;
  }

  /**
   * Trains for `epochs` passes over `trainSet`. `await` it for what the run came to, or go through its events as they
   * happen with `for await`. After a stop (or a `break` out of the events), or on a resumed trainer, it goes on within the
   * run that was interrupted; after a finished run it begins another one.
   *
   * A last batch of a single image joins the one before it where the model has batch normalisation, which can't train on
   * one. Batches whose labels are all ignored are passed over.
   *
   * @throws NonFiniteLossError when the loss, or a weight after an update, is NaN or infinite; the weights are then those
   *   of the last snapshot. Error naming the example when data can't be read, or its label is none of the model's outputs;
   *   naming parameters that the optimizer misses; where an interrupted run can't go on with other data or settings.
   */
  fit(trainSet: Dataset, options: FitOptions = {}): Task<TrainEvent, History> {
    let loop: Loop | null = null;
    const start = () => {
      loop = this.#loop(trainSet, options);
      return loop.events();
    };
    return new Task(this.#run(start), () => loop!.history);
  }

  async *#run(
    start: () => AsyncGenerator<TrainEvent, void, undefined>,
  ): AsyncGenerator<TrainEvent, void, undefined> {
    if (this.#running)
      throw new Error("Trainer: fit is running already; wait for it or stop it with its signal");
    this.#running = true;
    try {
      for await (const event of start()) {
        for (const callback of callbacksOf(this.options)) await callback(event);
        yield event;
      }
    } finally {
      this.#running = false;
    }
  }

  #loop(trainSet: Dataset, options: FitOptions): Loop {
    const state = this.#state;
    const [loss, labels, survival] = [this.#loss, this.#labels, this.#survival];
    const { objective } = this.options;
    const { generator } = state;
    const context = { model: this.model, loss, seed: this.seed, generator, objective };
    const plan = planFit(trainSet, options, context);
    const { evalTransform, transform = [], batchSize } = options;
    this.#judge.transform = evalTransform ?? transforms.withoutRandomness(transform);
    return new Loop({
      ...{ plan, state, loss, labels, survival, progress: this.#progress },
      stepper: plan.accumulate > 1 ? this.#accumulation : new WholeSteps(this.trainStep),
      tally: new Tally(loss, this.#metrics),
      validate: (dataset) => this.#judge.validate(dataset, batchSize),
      idle: () => this.#judge.idle(),
    });
  }

  /**
   * Loss, accuracy, confusion matrix, per-class scores and metrics, in evaluation mode. Nothing of the model is written,
   * and while it goes on `fit` waits with its next step.
   *
   * @throws RangeError naming an example whose label the model has no output for.
   */
  async evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    return this.#judge.evaluate(dataset, options);
  }

  /**
   * Each image's class with all probabilities, as the loss takes the outputs, in evaluation mode.
   *
   * @param images f32 [N, C, H, W], which go in as they are unless a transform is given; or a dataset, whose transform is
   *   by default the one that the last `fit` validated with.
   */
  async predict(images: Tensor | Dataset, options: PredictOptions = {}): Promise<Prediction[]> {
    return this.#judge.predict(images, options);
  }

  /**
   * Does work with the model that changes nothing of it, such as writing it to a file, and does it again on a new device where
   * the GPU is lost meanwhile.
   */
  survivingLoss<T>(work: () => Promise<T>): Promise<T> {
    return this.#survival.protect(!this.#running, work);
  }

  /** A copy of everything training depends on, in host memory. */
  snapshot(): Promise<Snapshot> {
    return this.#state.snapshot();
  }

  /** Goes back to a snapshot, on the current device. @throws Error where it doesn't fit; nothing is changed then. */
  restore(snapshot: Snapshot): void {
    this.dispose();
    this.#state.restore(snapshot);
  }

  /** Writes model, optimizer, schedule, random state and position to a path or store, atomically. */
  async save(store: Store): Promise<void> {
    const { checkStore, writeCheckpoint } = await import("./state/checkpoint.ts");
    checkStore(store);
    await writeCheckpoint(store, await this.#survival.toSave(!this.#running));
  }

  /**
   * A trainer that goes on where `save` left off. Model, optimizer and loss are built as before;
   * their state comes from the store.
   *
   * @throws Error when the store holds no checkpoint, a damaged one, or one of another model, optimizer or schedule, or
   *   with other layers frozen; nothing is changed then.
   */
  static async resume(store: Store, options: TrainerOptions): Promise<Trainer> {
    const trainer = new Trainer(options);
    const { readCheckpoint } = await import("./state/checkpoint.ts");
    trainer.restore(await readCheckpoint(store, trainer.#state));
    return trainer;
  }

  /** Gives back the memory of captured steps now; it is taken again when needed. A trainer that is dropped needs no dispose. */
  dispose(): void {
    this.trainStep.dispose();
    this.#accumulation.dispose();
    this.#evaluator.dispose();
  }
}

import { Generator, type Tensor } from "../../autograd/index.ts";
import type { Device } from "../../gpu/index.ts";
import { Loss, type Module, type StateDict } from "../../nn/index.ts";
import { GradScaler, type Optimizer } from "../../optim/index.ts";
import type { AveragedModel } from "../averaged_model.ts";
import { lossTensors } from "../loss/loss_tensors.ts";
import { type Objective, objectiveModules, parametersOf, tensorsOf } from "../objective.ts";
import type { Precision } from "../precision.ts";
import type { Regularizer } from "../regularizer.ts";
import type { Course } from "./course.ts";
import type { BestEpoch, EpochRecord, ModelValues } from "./history.ts";
import { HostCopies, putBack } from "./host_copies.ts";
import { type Position, startPosition } from "./position.ts";
import { type AdaptedSchedule, adaptSchedule, type Scheduling } from "./scheduling.ts";
import type { Snapshot } from "./snapshot.ts";

export interface StateOptions {
  readonly model: Module;
  readonly loss: Loss;
  readonly objective: Objective | undefined;
  readonly optimizer: Optimizer<object>;
  readonly schedule: Scheduling | undefined;
  readonly seed: number;
  readonly precision: Precision;
  readonly average: AveragedModel | null;
  readonly regularizer: Regularizer | null;
}

/** All that training moves on, and so all that a snapshot or checkpoint holds. Knows nothing of how it is moved on. */
export class TrainingState {
  readonly model: Module;
  readonly optimizer: Optimizer<object>;
  readonly schedule: AdaptedSchedule | null;
  /** The loss scale, in half precision. */
  readonly scaler: GradScaler | null;
  /** What dropout and random transforms draw from: the user's own generator is left alone. */
  readonly generator: Generator;
  /** A moving average of the weights. */
  readonly average: AveragedModel | null;
  readonly #loss: Loss;
  readonly #regularizer: Regularizer | null;
  readonly #objective: Objective | undefined;
  position: Position = startPosition();
  /** What run it is in, once one has begun. */
  course: Course | null = null;
  /** The run's epochs so far. */
  history: EpochRecord[] = [];
  best: (BestEpoch & { readonly model: ModelValues }) | null = null;
  /** How the last run ended, if one was begun here. */
  lastRun: "interrupted" | "failed" | "finished" = "interrupted";
  /** Settles when the results of every step so far are counted in `position`. */
  counted: Promise<unknown> = Promise.resolve();
  readonly #copies = new HostCopies();
  #probe: Tensor | null = null;

  constructor({
    model,
    loss,
    objective,
    optimizer,
    schedule,
    seed,
    precision,
    average,
    regularizer,
  }: StateOptions) {
    this.model = model;
    this.#regularizer = regularizer;
    this.average = average;
    this.optimizer = optimizer;
    this.#loss = loss;
    this.#objective = objective;
    this.schedule = adaptSchedule(schedule);
    this.scaler = precision === "f16" ? new GradScaler() : null;
    this.generator = new Generator(seed);
  }

  /** The device that the model is on. */
  get device(): Device | null {
    this.#probe ??= this.model.parameters()[0] ?? null;
    return this.#probe?.array.storage.device ?? null;
  }

  get learningRate(): number {
    const [group] = this.optimizer.groups as { lr?: number }[];
    return group?.lr ?? Number.NaN;
  }

  /** Whether no weight was written to since the last snapshot. */
  get isUnchanged(): boolean {
    return this.#copies.areCurrent([...Object.values(this.tensors), ...this.#heldTensors()]);
  }

  /** The model's tensors by name, and the objective's. */
  get tensors(): StateDict {
    return tensorsOf(this.model, this.#objective);
  }

  #parameters(): [string, Tensor][] {
    return parametersOf(this.model, this.#objective);
  }

  /** What the losses and the regularizer hold. */
  #heldTensors(): Tensor[] {
    const beside = objectiveModules(this.#objective).map(([, module]) => module);
    const losses = [this.#loss, ...beside.filter((module) => module instanceof Loss)];
    return [...losses.flatMap(lossTensors), ...(this.#regularizer?.tensors ?? [])];
  }

  /** Another run begins, with these weights. */
  startRun(): void {
    const { step, epochsBegun } = this.position;
    this.position = { ...startPosition(), step, epochsBegun };
    this.course = null;
    this.history = [];
    this.best = null;
  }

  /** The names of parameters that require a gradient and aren't the optimizer's: nothing would train them. */
  untrained(): string[] {
    const trained = new Set(this.optimizer.params);
    return this.#parameters()
      .filter(([, tensor]) => tensor.requiresGrad && !trained.has(tensor))
      .map(([name]) => name);
  }

  /** The names of the optimizer's parameters, by group. */
  trainedNames(): (string | null)[][] {
    const names = new Map(this.#parameters().map(([name, tensor]) => [tensor, name]));
    return this.optimizer.groups.map(({ params }) =>
      params.map((param) => names.get(param) ?? null),
    );
  }

  /** A copy of everything, in host memory, as of now. */
  async snapshot(): Promise<Snapshot> {
    await this.counted;
    // Everything is taken, or its reading begun, before anything is awaited: steps may follow.
    const { schedule, best, course } = this;
    const taken = {
      optimizerName: this.optimizer.name,
      trained: this.trainedNames(),
      schedule: schedule && {
        name: schedule.name,
        state: structuredClone(schedule.stateDict()),
      },
      random: this.generator.getState(),
      position: structuredClone(this.position),
      history: structuredClone(this.history),
      ...{ best, course },
    };
    const model = Object.entries(this.tensors).map(([name, tensor]) =>
      this.#readNamed(name, tensor),
    );
    const sources = new Set(this.#regularizer?.tensors);
    const loss = this.#heldTensors().map(async (tensor) => {
      const isState = tensor.requiresGrad || sources.has(tensor);
      return { values: await this.#copies.read(tensor), isState };
    });
    const updates = this.average?.updates ?? 0;
    const averages = (this.average?.named() ?? []).map(([name, tensor]) =>
      this.#readNamed(name, tensor),
    );
    const [values, lossValues, averaged, optimizer, scaler] = await Promise.all([
      Promise.all(model),
      Promise.all(loss),
      Promise.all(averages),
      this.optimizer.stateDict(),
      this.scaler?.stateDict() ?? null,
    ]);
    const average = this.average && { updates, values: new Map(averaged) };
    return { ...taken, model: new Map(values), loss: lossValues, optimizer, scaler, average };
  }

  async #readNamed(name: string, tensor: Tensor) {
    return [name, { shape: tensor.shape, values: await this.#copies.read(tensor) }] as const;
  }

  /**
   * Puts a snapshot back, on the current device: tensors of a lost one get new memory.
   * @throws Error where optimizer or schedule don't fit; nothing is changed then.
   */
  restore(snapshot: Snapshot): void {
    this.#restoreOptimizer(snapshot);
    this.putModel(snapshot.model);
    this.#heldTensors().forEach((tensor, i) => {
      const values = snapshot.loss[i]?.values;
      if (values) putBack(tensor, values);
    });
    if (this.scaler && snapshot.scaler) this.scaler.loadStateDict(snapshot.scaler);
    if (snapshot.average) this.average?.load(snapshot.average);
    this.generator.setState(snapshot.random);
    this.position = structuredClone(snapshot.position);
    this.course = snapshot.course;
    this.history = structuredClone([...snapshot.history]);
    this.best = snapshot.best;
    this.counted = Promise.resolve();
    const beside = objectiveModules(this.#objective).flatMap(([, module]) => module.modules());
    for (const module of [...this.model.modules(), ...beside]) module.restored?.();
  }

  #restoreOptimizer({ optimizer, schedule: saved }: Snapshot): void {
    const { schedule } = this;
    const before = schedule?.stateDict();
    if (schedule && saved) schedule.loadStateDict(saved.state);
    try {
      this.optimizer.loadStateDict(optimizer);
    } catch (error) {
      schedule?.loadStateDict(before);
      throw error;
    }
  }

  /** Gives the models these values. */
  putModel(values: ModelValues): void {
    for (const [name, tensor] of Object.entries(this.tensors)) {
      const saved = values.get(name);
      if (saved) putBack(tensor, saved.values);
      tensor.grad = null;
    }
  }
}

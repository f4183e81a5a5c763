import { dependsOn, Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { eachRun, refusePromise } from "../gpu/index.ts";
import { approach, copy, copyInto, persistently, upload } from "../kernels/index.ts";
import { Module } from "../nn/index.ts";
import type { ModelValues } from "./state/history.ts";

export interface AveragedModelOptions {
  /** What the average keeps of itself at each step; the rest is the new weights. Default 0.999. */
  decay?: number;
  /**
   * Averages less at the beginning: with a decay of at most (1 + n) / (10 + n) at step n, so that short runs aren't held
   * back by the weights they began with. Default true.
   */
  warmup?: boolean;
}

/** An average as a checkpoint holds it. */
export interface AverageState {
  /** Steps averaged over. */
  readonly updates: number;
  readonly values: ModelValues;
}

/**
 * An exponential moving average of a model's trained weights and running statistics, average ← decay · average +
 * (1 − decay) · weights after each step (Polyak & Juditsky 1992; numbers as timm's ModelEmaV2, or PyTorch's AveragedModel
 * that began with the first weights). Given to a `Trainer`, it is a part of the captured step and of checkpoints; validation,
 * `evaluate` and `predict` use the average, `keepBest` keeps it, and a finished run leaves it in the model.
 *
 * Takes as much memory as the weights that are trained.
 *
 * @example new Trainer({ model, optimizer, average: new AveragedModel(model, { decay: 0.99 }) })
 */
export class AveragedModel {
  readonly decay: number;
  readonly warmup: boolean;
  /** Steps averaged over so far. */
  updates = 0;
  readonly #averages = new Map<Tensor, Tensor>();

  constructor(
    readonly model: Module,
    options: AveragedModelOptions = {},
  ) {
    if (!(model instanceof Module)) throw new TypeError("AveragedModel: expects an nn.Module");
    checkOptions("AveragedModel", options, ["decay", "warmup"]);
    const { decay = 0.999, warmup = true } = options;
    if (!(decay >= 0 && decay < 1))
      throw new RangeError(`AveragedModel: decay must be from 0 to below 1, not ${decay}`);
    this.decay = decay;
    this.warmup = warmup;
  }

  /** Takes the weights in, after a step of the optimizer. (A Trainer does it.) */
  update(): void {
    const moving = [
      ...this.model.parameters().filter(({ requiresGrad }) => requiresGrad),
      ...this.model.namedBuffers().map(([, tensor]) => tensor),
    ].filter(({ dtype }) => dtype === "f32");
    const averages = moving.map((tensor) => [tensor, this.#averageOf(tensor)] as const);
    this.#noteUse();
    eachRun(() => {
      this.updates++;
    });
    for (const [{ array }, average] of averages)
      approach(average.array, array, "out", () => 1 - this.#currentDecay);
  }

  get #currentDecay(): number {
    return this.warmup
      ? Math.min(this.decay, (1 + this.updates) / (10 + this.updates))
      : this.decay;
  }

  /** Begins with the weights as they are. */
  #averageOf(tensor: Tensor): Tensor {
    const known = this.#averages.get(tensor);
    if (known) return known;
    const average = new Tensor(persistently(() => copy(tensor.array)));
    this.#averages.set(tensor, average);
    return average;
  }

  /** Tells a step that is being recorded which averages it was recorded with. */
  #noteUse(): void {
    dependsOn(this, () => [...this.#averages.values()]);
  }

  /** Runs a synchronous `fn` while the model has the averages in place of its weights. */
  during<T>(fn: () => T): T {
    this.#noteUse();
    const own = [...this.#averages].map(([tensor, average]) => {
      const array = tensor.array.share().keep();
      tensor.replaceArray(average.array.share().keep());
      return { tensor, array };
    });
    try {
      return refusePromise("AveragedModel.during", fn());
    } finally {
      for (const { tensor, array } of own) tensor.replaceArray(array);
    }
  }

  /** Gives the model the averages, and begins another average. */
  apply(): void {
    for (const [tensor, average] of this.#averages) copyInto(tensor.array, average.array);
    this.reset();
  }

  /** Forgets the average: the next step begins another one. */
  reset(): void {
    for (const average of this.#averages.values()) average.dispose();
    this.#averages.clear();
    this.updates = 0;
  }

  /** The averages by the names of the model's tensors. */
  named(): [string, Tensor][] {
    return Object.entries(this.model.stateDict()).flatMap(([name, tensor]) => {
      const average = this.#averages.get(tensor);
      return average ? [[name, average]] : [];
    });
  }

  /** Goes on with a saved average. */
  load({ updates, values }: AverageState): void {
    this.reset();
    this.updates = updates;
    for (const [name, tensor] of Object.entries(this.model.stateDict())) {
      const saved = values.get(name);
      if (!saved) continue;
      const array = upload(saved.values, tensor.shape, "f32").keep();
      this.#averages.set(tensor, new Tensor(array));
    }
  }
}

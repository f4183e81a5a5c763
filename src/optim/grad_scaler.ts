import { mul, Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { currentDevice } from "../gpu/index.ts";
import {
  type NDArray,
  nextScale,
  overwrite,
  persistently,
  unscale,
  upload,
} from "../kernels/index.ts";
import type { Guard, Optimizer } from "./optimizer.ts";

export interface GradScalerOptions {
  /** Default 65,536. */
  initScale?: number;
  /** Default 2. */
  growthFactor?: number;
  /** Default 0.5. */
  backoffFactor?: number;
  /** Steps without overflow after which the scale grows. Default 2,000. */
  growthInterval?: number;
}

const KNOWN = ["initScale", "growthFactor", "backoffFactor", "growthInterval"];

/** Plain data, for checkpoints. */
export interface GradScalerState {
  scale: number;
  goodSteps: number;
}

interface Memory {
  /** Tensors, so that the memory goes when the scaler is collected. */
  readonly scale: Tensor;
  /** u32 [overflow found, steps skipped, good steps]. */
  readonly flags: Tensor;
}

/**
 * Keeps half-precision gradients in range: the loss is multiplied by a scale, gradients divided by
 * it; a step whose gradients overflow changes neither parameters nor optimizer state and halves the
 * scale (Micikevicius et al. 2017, https://arxiv.org/abs/1710.03740; PyTorch's GradScaler). All of
 * it happens on the GPU: nothing is read back, so captured steps contain it.
 *
 * @example
 * scaler.scale(loss).backward(); scaler.step(optimizer); scaler.update();
 */
export class GradScaler implements Guard {
  readonly options: Required<GradScalerOptions>;
  #start: GradScalerState;
  #memory: Memory | null = null;
  /** Steps skipped when last read. */
  skipped = 0;

  constructor(options: GradScalerOptions = {}) {
    checkOptions("GradScaler", options, KNOWN);
    const { initScale = 65536, growthFactor = 2, backoffFactor = 0.5 } = options;
    const { growthInterval = 2000 } = options;
    this.options = { initScale, growthFactor, backoffFactor, growthInterval };
    for (const [name, value] of Object.entries(this.options))
      if (!(value > 0 && Number.isFinite(value)))
        throw new RangeError(`GradScaler: ${name} is ${String(value)}; it must be positive`);
    this.#start = { scale: initScale, goodSteps: 0 };
  }

  /** The loss times the scale. */
  scale(loss: Tensor): Tensor {
    return mul(loss, this.#on().scale);
  }

  /** Divides the gradients by the scale, in place: before clipping. */
  unscale_(optimizer: Optimizer<object>): void {
    const { scale, flags } = this.#on();
    for (const param of optimizer.params) {
      const grad = param.usedGrad;
      if (grad) unscale(grad, scale.array, flags.array);
    }
  }

  /** Steps the optimizer on unscaled gradients, unless one of them overflowed. */
  step(optimizer: Optimizer<object>): void {
    this.#on();
    optimizer.guard = this;
    optimizer.step();
  }

  /** Sets the scale of the next step. */
  update(): void {
    const { scale, flags } = this.#on();
    const { growthFactor: growth, backoffFactor: backoff, growthInterval: interval } = this.options;
    nextScale(scale.array, flags.array, { growth, backoff, interval });
  }

  get flags(): NDArray {
    return this.#on().flags.array;
  }

  async readSkipped(): Promise<number> {
    const [, skipped = 0] = await this.#on().flags.data();
    this.skipped = skipped;
    return skipped;
  }

  clearSkipped(): void {
    const { flags } = this.#on();
    overwrite(flags.array, new Uint32Array([0, 0, this.#start.goodSteps]));
    this.skipped = 0;
  }

  /** The current scale, read from the GPU. */
  async getScale(): Promise<number> {
    return this.#on().scale.item();
  }

  async stateDict(): Promise<GradScalerState> {
    const { scale, flags } = this.#on();
    const [[value], [, , goodSteps]] = await Promise.all([scale.data(), flags.data()]);
    return { scale: value!, goodSteps: goodSteps! };
  }

  loadStateDict(state: GradScalerState): void {
    this.#start = { ...state };
    const { scale } = this.#on();
    overwrite(scale.array, new Float32Array([state.scale]));
    this.clearSkipped();
  }

  /** Its memory, on the current device. */
  #on(): Memory {
    const device = currentDevice();
    if (this.#memory?.scale.array.storage.device === device) return this.#memory;
    const { scale, goodSteps } = this.#start;
    this.#memory = persistently(() => ({
      scale: new Tensor(upload(new Float32Array([scale]), [], "f32")),
      flags: new Tensor(upload(new Uint32Array([0, 0, goodSteps]), [3], "u32")),
    }));
    return this.#memory;
  }
}

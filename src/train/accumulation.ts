import { backward } from "../autograd/backward.ts";
import { capture } from "../autograd/capture.ts";
import { Tensor } from "../autograd/tensor.ts";
import { allocate } from "../kernels/array.ts";
import { fillWith } from "../kernels/fill.ts";
import type { Module } from "../nn/index.ts";
import { clipGradNorm_, type Optimizer } from "../optim/index.ts";
import type { LabelCheck } from "./label_check.ts";
import { clearGradients, type LossFunction, predictionsOf, type StepResult } from "./steps.ts";

/**
 * An optimizer step over several batches, captured in two parts: forward and backward of a batch,
 * which adds to the gradients, and the update. Weighted by their share of the step's images, mean
 * losses of batches add up to that of one large batch.
 */
export class Accumulation {
  #share = 1;
  readonly #add;
  readonly #update;

  constructor(
    private readonly model: Module,
    loss: LossFunction,
    private readonly optimizer: Optimizer<object>,
    clipGradNorm: number | null,
    labels: LabelCheck,
  ) {
    this.#add = capture((images: Tensor, targets: Tensor): StepResult => {
      const outputs = model.forward(images) as Tensor;
      labels.see(outputs);
      const value = loss(outputs, targets);
      const seed = allocate(value.shape, value.dtype);
      fillWith(seed, () => this.#share);
      backward(value, new Tensor(seed));
      return { loss: value, predictions: predictionsOf(outputs) };
    });
    this.#update = capture(() => {
      if (clipGradNorm) clipGradNorm_(optimizer.params, clipGradNorm);
      optimizer.step();
      this.clear();
    });
  }

  /** Compiles for batches of this shape, in parallel, without running anything. */
  compile(
    images: Tensor,
    targets: Tensor,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    return this.#add.compile([images, targets], onProgress);
  }

  /** Forward and backward of one batch, which makes up `share` of the step's images. */
  add(images: Tensor, targets: Tensor, share: number): StepResult {
    this.#share = share;
    return this.#add(images, targets);
  }

  /** Clips, updates the parameters and clears the gradients. */
  update(): void {
    this.#update();
  }

  /** Forgets what was added since the last update. */
  clear(): void {
    clearGradients(this.model, this.optimizer);
  }

  /** Gives the memory back; the next call records again. */
  dispose(): void {
    this.clear();
    this.#add.dispose();
    this.#update.dispose();
  }

  /** Forgets recordings whose device is lost. */
  abandon(): void {
    this.#add.abandon();
    this.#update.abandon();
  }
}

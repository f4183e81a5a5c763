import { backward, capture, Tensor } from "../autograd/index.ts";
import { allocate, fillWith } from "../kernels/index.ts";
import { clearGradients, forward, type StepParts, type StepResult, update } from "./steps.ts";

/**
 * An optimizer step over several batches, captured in two parts: forward and backward of a batch,
 * which adds to the gradients, and the update. Weighted by their share of the step's images, mean
 * losses of batches add up to that of one large batch.
 */
export class Accumulation {
  #share = 1;
  readonly #add;
  readonly #update;

  constructor(private readonly parts: StepParts) {
    this.#add = capture((images: Tensor, targets: Tensor): StepResult => {
      const { value, result } = forward(parts, images, targets);
      const seed = allocate(value.shape, value.dtype);
      fillWith(seed, () => this.#share);
      backward(value, new Tensor(seed));
      return result;
    });
    this.#update = capture(() => {
      update(parts);
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

  isRecorded(images: Tensor, targets: Tensor): boolean {
    return this.#add.isRecorded(images, targets);
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
    clearGradients(this.parts.model, this.parts.optimizer);
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

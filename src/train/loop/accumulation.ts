import { backward, type CapturedStep, capture, Tensor } from "../../autograd/index.ts";
import { allocate, fillWith, unscale } from "../../kernels/index.ts";
import type { Optimizer } from "../../optim/index.ts";
import type { StepResult } from "./step_result.ts";
import type { Stepper } from "./stepper.ts";
import { clearGradients, forward, type StepInputs, type StepParts, update } from "./steps.ts";

/** What changes from batch to batch. A cell of its own: recordings hold it, and must not hold the steps themselves. */
interface Shares {
  /** What the batch's gradient is multiplied by. */
  batch: number;
  /** What the sum of gradients is divided by. */
  step: number;
}

/**
 * An optimizer step over several batches, captured in two parts: forward and backward of a batch, which adds to the
 * gradients, and the update. What it takes is the gradient of the loss on all the images at once: a mean loss of a batch
 * counts by what it was divided by (images; the sum of class weights; labels that aren't ignored).
 *
 * That sum is known only after the last batch, so batches are weighed by the step's number of images and the sum of
 * gradients is put right before the update.
 */
export class Accumulation implements Stepper {
  readonly #parts: StepParts;
  readonly #shares: Shares = { batch: 1, step: 1 };
  /** What the mean losses of the step's batches so far divide by, added up. */
  #weight = 0;
  readonly #add: CapturedStep<StepInputs, StepResult>;
  readonly #update: CapturedStep<[], void>;

  constructor(parts: StepParts) {
    this.#parts = parts;
    this.#add = captureBatch(parts, this.#shares);
    this.#update = captureUpdate(parts, this.#shares);
  }

  compile(inputs: StepInputs, onProgress?: (done: number, total: number) => void): Promise<void> {
    return this.#add.compile(inputs, onProgress);
  }

  isRecorded(inputs: StepInputs): boolean {
    return this.#add.isRecorded(...inputs);
  }

  begin(): void {
    clearGradients(this.#parts);
    this.#weight = 0;
  }

  run(inputs: StepInputs, weight: number, stepImages: number): StepResult {
    const isMean = this.#parts.loss.reduction === "mean"; // a sum's gradients simply add up
    this.#weight += weight;
    this.#shares.batch = isMean ? weight / stepImages : 1;
    this.#shares.step = isMean ? this.#weight / stepImages : 1;
    return this.#add(...inputs);
  }

  update(): void {
    this.#update();
    this.#weight = 0;
  }

  /** Gives the memory back; the next call records again. */
  dispose(): void {
    clearGradients(this.#parts);
    this.#add.dispose();
    this.#update.dispose();
  }

  /** Forgets recordings whose device is lost. */
  abandon(): void {
    this.#add.abandon();
    this.#update.abandon();
  }
}

function captureBatch(parts: StepParts, shares: Shares) {
  return capture((...inputs: StepInputs): StepResult => {
    const { value, result } = forward(parts, inputs);
    const seed = allocate(value.shape, value.dtype);
    fillWith(seed, () => shares.batch);
    backward(value, new Tensor(seed));
    return result;
  });
}

function captureUpdate(parts: StepParts, shares: Shares) {
  return capture(() => {
    divideGradients(parts.optimizer, () => shares.step);
    update(parts);
    clearGradients(parts);
  });
}

/** Divides in place. Whether values overflowed is for the loss scale to find. */
function divideGradients(optimizer: Optimizer<object>, divisor: () => number): void {
  const scale = allocate([]);
  const unread = allocate([1], "u32");
  fillWith(scale, divisor);
  for (const param of optimizer.params) {
    const grad = param.usedGrad;
    if (grad) unscale(grad, scale, unread);
  }
}

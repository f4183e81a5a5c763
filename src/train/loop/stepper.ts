import type { CapturedStep, Tensor } from "../../autograd/index.ts";
import type { StepResult } from "./step_result.ts";

/** How the loop runs batches: each a step of its own, or several together. */
export interface Stepper {
  /** Compiles for batches of this shape, in parallel, without running anything. */
  compile(
    images: Tensor,
    targets: Tensor,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void>;
  /** Whether a batch of this shape would record nothing anew. */
  isRecorded(images: Tensor, targets: Tensor): boolean;
  /** Before the first batch of an epoch: forgets what an interrupted step left. */
  begin(): void;
  /**
   * Runs a batch.
   * @param weight what the batch's mean loss divides by.
   * @param stepImages how many images the whole step has.
   */
  run(images: Tensor, targets: Tensor, weight: number, stepImages: number): StepResult;
  /** After the last batch of a step. */
  update(): void;
}

/** Each batch is a step. */
export class WholeSteps implements Stepper {
  readonly #step: CapturedStep<[Tensor, Tensor], StepResult>;

  constructor(step: CapturedStep<[Tensor, Tensor], StepResult>) {
    this.#step = step;
  }

  compile(
    images: Tensor,
    targets: Tensor,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    return this.#step.compile([images, targets], onProgress);
  }

  isRecorded(images: Tensor, targets: Tensor): boolean {
    return this.#step.isRecorded(images, targets);
  }

  begin(): void {}

  run(images: Tensor, targets: Tensor): StepResult {
    return this.#step(images, targets);
  }

  update(): void {}
}

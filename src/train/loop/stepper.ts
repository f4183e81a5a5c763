import type { CapturedStep } from "../../autograd/index.ts";
import type { StepResult } from "./step_result.ts";
import type { StepInputs } from "./steps.ts";

/** How the loop runs batches: each a step of its own, or several together. */
export interface Stepper {
  /** Compiles for batches of this shape, in parallel, without running anything. */
  compile(inputs: StepInputs, onProgress?: (done: number, total: number) => void): Promise<void>;
  /** Whether a batch of this shape would record nothing anew. */
  isRecorded(inputs: StepInputs): boolean;
  /** Before the first batch of an epoch: forgets what an interrupted step left. */
  begin(): void;
  /**
   * Runs a batch.
   * @param weight what the batch's mean loss divides by.
   * @param stepImages how many images the whole step has.
   */
  run(inputs: StepInputs, weight: number, stepImages: number): StepResult;
  /** After the last batch of a step. */
  update(): void;
}

/** Each batch is a step. */
export class WholeSteps implements Stepper {
  readonly #step: CapturedStep<StepInputs, StepResult>;

  constructor(step: CapturedStep<StepInputs, StepResult>) {
    this.#step = step;
  }

  compile(inputs: StepInputs, onProgress?: (done: number, total: number) => void): Promise<void> {
    return this.#step.compile(inputs, onProgress);
  }

  isRecorded(inputs: StepInputs): boolean {
    return this.#step.isRecorded(...inputs);
  }

  begin(): void {}

  run(inputs: StepInputs): StepResult {
    return this.#step(...inputs);
  }

  update(): void {}
}

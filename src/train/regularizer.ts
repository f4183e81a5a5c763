import type { Tensor } from "../autograd/index.ts";

/**
 * A term of the objective that needs no forward pass, such as a pull towards earlier weights. It adds its gradient to those
 * of the loss, before they are clipped; the loss that is shown is without it, as with weight decay.
 */
export interface Regularizer {
  /** Adds to the gradients that there are; a part of the captured step. */
  addGradients(): void;
  /** What it holds on the GPU: a checkpoint has it too, and it is brought over where the device is lost. */
  readonly tensors: readonly Tensor[];
}

import type { Tensor } from "../../autograd/index.ts";

/** What a captured step gives. */
export interface StepResult {
  /** One number. */
  readonly loss: Tensor;
  /** For outputs [N, C]: see `Loss.predictions`. */
  readonly predictions: Tensor | null;
  /** The model's outputs, f32, where a metric reads them. */
  readonly outputs: Tensor | null;
}

/** What a step says, on its way back to the host. */
export interface PendingResult {
  readonly loss: Promise<number>;
  readonly predictions: Promise<ArrayLike<number>>;
  readonly outputs: Promise<Float32Array>;
}

const NOTHING = new Float32Array(0);

/**
 * Starts reading a step's results without waiting for them: the next step is encoded meanwhile.
 * The copies are queued before the next replay, which overwrites the tensors.
 */
export function readLater({ loss, predictions, outputs }: StepResult): PendingResult {
  const pending = {
    loss: loss.item(),
    predictions: predictions ? predictions.data() : Promise.resolve([]),
    outputs: outputs ? (outputs.data() as Promise<Float32Array>) : Promise.resolve(NOTHING),
  };
  // They are awaited one at a time; a device loss rejects them all.
  for (const read of Object.values(pending)) read.catch(() => {});
  return pending;
}

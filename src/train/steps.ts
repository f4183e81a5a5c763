import { argmax, backward, capture, gt, noGrad, type Tensor } from "../autograd/index.ts";
import type { Module } from "../nn/index.ts";
import { clipGradNorm_, type GradScaler, type Optimizer } from "../optim/index.ts";
import type { LabelCheck } from "./label_check.ts";
import { forwardIn, type Precision } from "./precision.ts";

export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor;

export interface StepResult {
  loss: Tensor;
  /** For outputs [N, C]: the class with the highest, or (targets of that shape) 1 for each above 0. */
  predictions: Tensor | null;
}

/** What a training step is made of. */
export interface StepParts {
  readonly model: Module;
  readonly loss: LossFunction;
  readonly optimizer: Optimizer<object>;
  readonly clipGradNorm: number | null;
  readonly labels: LabelCheck;
  /** What activations are kept in. */
  readonly precision: Precision;
  /** The loss scale, where they are in half precision. */
  readonly scaler: () => GradScaler | null;
}

/** One optimizer step, captured: forward, loss, backward, clipping, update. */
export function captureTrainStep(parts: StepParts) {
  const { model, optimizer } = parts;
  return capture((images: Tensor, targets: Tensor): StepResult => {
    clearGradients(model, optimizer);
    const { value, result } = forward(parts, images, targets);
    backward(value);
    update(parts);
    // Gradients that end with the step need no memory of their own beyond it.
    clearGradients(model, optimizer);
    return result;
  });
}

function scalerOf({ precision, scaler }: StepParts): GradScaler | null {
  const found = scaler();
  if (precision === "f32" || found) return found;
  throw new Error("Trainer: half precision isn't loaded: `await trainer.ready()` comes first");
}

/** The loss, and what is differentiated: the same, or scaled for half precision. */
export function forward(
  parts: StepParts,
  images: Tensor,
  targets: Tensor,
): { value: Tensor; result: StepResult } {
  const { model, loss, labels, precision } = parts;
  const scaling = scalerOf(parts);
  const outputs = forwardIn(precision, model, images);
  labels.see(outputs);
  const value = loss(outputs, targets);
  const result = { loss: value, predictions: predictionsOf(outputs, targets, labels) };
  return { value: scaling?.scale(value) ?? value, result };
}

/** Clips the gradients and lets the optimizer step. */
export function update(parts: StepParts): void {
  const { optimizer, clipGradNorm } = parts;
  const scaling = scalerOf(parts);
  scaling?.unscale_(optimizer);
  if (clipGradNorm) clipGradNorm_(optimizer.params, clipGradNorm);
  if (scaling) scaling.step(optimizer);
  else optimizer.step();
  scaling?.update();
}

/** Also of parameters that require a gradient but aren't the optimizer's. */
export function clearGradients(model: Module, optimizer: Optimizer<object>): void {
  for (const parameter of model.parameters()) parameter.grad = null;
  optimizer.zeroGrad();
}

/** Loss and predictions without gradients, captured. */
export function captureEvalStep(model: Module, loss: LossFunction, labels: LabelCheck) {
  return capture(
    (images: Tensor, targets: Tensor): StepResult =>
      noGrad(() => {
        const outputs = model.forward(images) as Tensor;
        labels.see(outputs);
        return {
          loss: loss(outputs, targets),
          predictions: predictionsOf(outputs, targets, labels),
        };
      }),
  );
}

function predictionsOf(outputs: Tensor, targets: Tensor, labels: LabelCheck): Tensor | null {
  if (outputs.ndim !== 2) return null;
  const several = targets.ndim === 2 && !labels.takesClasses;
  return several ? gt(outputs, 0) : argmax(outputs, 1);
}

/** What a step says, on its way back to the host. */
export interface PendingResult {
  readonly loss: Promise<number>;
  readonly predictions: Promise<ArrayLike<number>>;
}

/**
 * Starts reading a step's results without waiting for them: the next step is encoded meanwhile.
 * The copies are queued before the next replay, which overwrites the tensors.
 */
export function readLater({ loss, predictions }: StepResult): PendingResult {
  const pending = {
    loss: loss.item(),
    predictions: predictions ? predictions.data() : Promise.resolve([]),
  };
  // The loop awaits one at a time; a device loss rejects both.
  pending.loss.catch(() => {});
  pending.predictions.catch(() => {});
  return pending;
}

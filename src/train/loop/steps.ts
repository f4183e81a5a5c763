import {
  backward,
  type CapturedStep,
  capture,
  type Generator,
  type Tensor,
  withGenerator,
} from "../../autograd/index.ts";
import type { Loss, Module } from "../../nn/index.ts";
import { clipGradNorm_, type GradScaler, type Optimizer } from "../../optim/index.ts";
import type { AveragedModel } from "../averaged_model.ts";
import type { LabelCheck } from "../loss/label_check.ts";
import { type Objective, parametersOf } from "../objective.ts";
import { forwardIn, type Precision } from "../precision.ts";
import type { Regularizer } from "../regularizer.ts";
import type { StepResult } from "./step_result.ts";

/** What a training step is made of. */
export interface StepParts {
  readonly model: Module;
  readonly loss: Loss;
  readonly optimizer: Optimizer<object>;
  readonly clipGradNorm: number | null;
  readonly labels: LabelCheck;
  /** Whether outputs are given back, for metrics that read them. */
  readonly readsOutputs: boolean;
  /** What activations are kept in. */
  readonly precision: Precision;
  /** What dropout draws from. */
  readonly generator: Generator;
  /** The loss scale, where they are in half precision. */
  readonly scaler: GradScaler | null;
  readonly average: AveragedModel | null;
  readonly regularizer: Regularizer | null;
  /** What is minimised in place of the loss alone. */
  readonly objective: Objective | undefined;
  /** The share of the run that is done. A cell: recorded steps hold it. */
  readonly progress: { value: number };
}

/** Images, targets, and what the objective has beside them; without an objective, the model's other inputs. */
export type StepInputs = [images: Tensor, targets: Tensor, ...others: Tensor[]];

/** One optimizer step, captured: forward, loss, backward, clipping, update. */
export function captureTrainStep(parts: StepParts): CapturedStep<StepInputs, StepResult> {
  return capture((...inputs: StepInputs): StepResult => {
    clearGradients(parts);
    const { value, result } = forward(parts, inputs);
    backward(value);
    update(parts);
    // Gradients that end with the step need no memory of their own beyond it.
    clearGradients(parts);
    return result;
  });
}

/** The loss, and what is differentiated: the same, or scaled for half precision. */
export function forward(
  parts: StepParts,
  [images, targets, ...others]: StepInputs,
): { value: Tensor; result: StepResult } {
  const { model, loss, labels, precision, scaler, readsOutputs, generator, objective } = parts;
  const run = (module: Module, ...inputs: Tensor[]) =>
    withGenerator(generator, () => forwardIn(precision, module, ...inputs));
  const outputs = run(model, images, ...(objective ? [] : others));
  labels.see(outputs);
  const own = loss.forward(outputs, targets);
  const progress = () => parts.progress.value;
  const batch = { model, images, outputs, targets, loss: own, beside: others, run, progress };
  const value = objective?.minimised(batch) ?? own;
  const predictions = loss.predictions(outputs, targets);
  const result = { loss: value, predictions, outputs: readsOutputs ? outputs : null };
  return { value: scaler?.scale(value) ?? value, result };
}

/** Completes and clips the gradients, lets the optimizer step, and averages the weights. */
export function update({ optimizer, clipGradNorm, scaler, average, regularizer }: StepParts): void {
  scaler?.unscale_(optimizer);
  regularizer?.addGradients();
  if (clipGradNorm) clipGradNorm_(optimizer.params, clipGradNorm);
  if (scaler) scaler.step(optimizer);
  else optimizer.step();
  scaler?.update();
  average?.update();
}

/** Of all the models' parameters: a backward pass also leaves gradients on those that the optimizer doesn't have. */
export function clearGradients({ model, objective, optimizer }: StepParts): void {
  for (const [, parameter] of parametersOf(model, objective)) parameter.grad = null;
  optimizer.zeroGrad();
}

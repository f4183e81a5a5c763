import { type CapturedStep, capture, noGrad, type Tensor } from "../../autograd/index.ts";
import { evaluating, type Loss, type Module } from "../../nn/index.ts";
import type { AveragedModel } from "../averaged_model.ts";
import type { StepResult } from "../loop/step_result.ts";
import type { StepInputs } from "../loop/steps.ts";
import type { LabelCheck } from "../loss/label_check.ts";

/** Loss and predictions without gradients, in evaluation mode, captured. @param average stands in for the model's weights. */
export function captureEvaluation(
  model: Module,
  loss: Loss,
  labels: LabelCheck,
  readsOutputs: boolean,
  average: AveragedModel | null,
): CapturedStep<StepInputs, StepResult> {
  return capture(
    (...[images, targets, ...others]: StepInputs): StepResult =>
      inEvaluation(model, average, () => {
        const outputs = model.forward(images, ...others) as Tensor;
        labels.see(outputs);
        return {
          loss: loss.forward(outputs, targets),
          predictions: loss.predictions(outputs, targets),
          outputs: readsOutputs ? outputs : null,
        };
      }),
  );
}

/** A model's outputs in evaluation mode, captured. */
export function captureOutputs(
  model: Module,
  average: AveragedModel | null,
): CapturedStep<Tensor[], Tensor> {
  return capture((...inputs: Tensor[]) =>
    inEvaluation(model, average, () => model.forward(...inputs) as Tensor),
  );
}

function inEvaluation<T>(model: Module, average: AveragedModel | null, fn: () => T): T {
  return evaluating(model, () => noGrad(() => (average ? average.during(fn) : fn())));
}

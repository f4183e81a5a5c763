import {
  argmax,
  type CrossEntropyOptions,
  gt,
  type TargetKind,
  type Tensor,
} from "../autograd/index.ts";
import { Module } from "./module.ts";

export type { TargetKind };

/**
 * A loss of (outputs, targets), with what training, evaluation and prediction want to know of it. A class of your own
 * that says what its targets are has its labels checked, its accuracy counted and its outputs turned into probabilities,
 * as the losses of `nn` have:
 *
 * @example
 * class FocalLoss extends nn.Loss {
 *   readonly targets = "classes";
 *   forward(outputs: Tensor, targets: Tensor) { … }
 * }
 */
export abstract class Loss extends Module {
  /** null where only the targets of a batch can tell: class numbers, or numbers for each output. */
  abstract readonly targets: TargetKind | null;

  abstract override forward(outputs: Tensor, targets: Tensor): Tensor;

  /** How the losses of a batch's examples become one number. */
  get reduction(): NonNullable<CrossEntropyOptions["reduction"]> {
    return "mean";
  }

  /** The class number whose examples count nowhere; null where every one counts. */
  get ignoreIndex(): number | null {
    return null;
  }

  /** f32 [C]: what a mean over examples weighs each by, according to its class. */
  get classWeights(): Tensor | null {
    return null;
  }

  /** Of one image's outputs: the probability of each class (softmax), or of each label (sigmoid). */
  probabilities(outputs: Float32Array): Float32Array {
    return this.targets === "labels" ? sigmoid(outputs) : softmax(outputs);
  }

  /** Of outputs [N, C]: each image's class, i32 [N], or 1 for each label that is more likely than not; null for values. */
  predictions(outputs: Tensor, targets: Tensor): Tensor | null {
    if (outputs.ndim !== 2 || this.targets === "values") return null;
    const isLabels = this.targets === "labels" || (this.targets === null && targets.ndim === 2);
    return isLabels ? gt(outputs, 0) : argmax(outputs, 1);
  }
}

const sigmoid = (logits: Float32Array) => logits.map((logit) => 1 / (1 + Math.exp(-logit)));

function softmax(logits: Float32Array): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const weights = logits.map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

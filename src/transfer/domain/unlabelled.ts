import {
  amax,
  argmax,
  exp,
  ge,
  logSoftmax,
  mean,
  mul,
  neg,
  softmax,
  sum,
  type Tensor,
  where,
} from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";

/**
 * How undecided a network is on examples without labels: the mean over them of −Σ p log p (Grandvalet & Bengio 2004). As a
 * loss it moves the borders between classes to where examples are few.
 *
 * @param logits [N, classes].
 * @returns one number, from 0 (certain) to log(classes).
 */
export function entropyLoss(logits: Tensor): Tensor {
  requireLogits("entropyLoss", logits);
  const logProbabilities = logSoftmax(logits, 1);
  return neg(mean(sum(mul(exp(logProbabilities), logProbabilities), 1)));
}

export interface PseudoLabelOptions {
  /** Examples whose class has a lower probability are ignored. Default 0.95. */
  threshold?: number;
  /** What they are labelled with: what losses ignore. Default −100. */
  ignoreIndex?: number;
}

/**
 * The network's own answers as labels, where it is sure enough (Lee 2013): what to train with where there are no others.
 *
 * @param logits [N, classes]; no gradient flows back.
 * @returns class numbers [N], i32, for a loss with the same `ignoreIndex`.
 * @throws RangeError for a threshold that is no probability.
 */
export function pseudoLabels(logits: Tensor, options: PseudoLabelOptions = {}): Tensor {
  checkOptions("pseudoLabels", options, ["threshold", "ignoreIndex"]);
  const { threshold = 0.95, ignoreIndex = -100 } = options;
  requireLogits("pseudoLabels", logits);
  if (!(threshold >= 0 && threshold <= 1))
    throw new RangeError(`pseudoLabels: threshold is ${threshold}; it must be 0 to 1`);
  const given = logits.detach();
  const isSure = ge(amax(softmax(given, 1), 1), threshold);
  return where(isSure, argmax(given, 1), ignoreIndex);
}

function requireLogits(name: string, { shape }: Tensor): void {
  if (shape.length === 2) return;
  throw new Error(`${name}: logits have shape [${shape.join(", ")}]; they must be [N, classes]`);
}

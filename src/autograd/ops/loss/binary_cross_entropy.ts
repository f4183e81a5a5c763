import { checkOptions } from "../../../base/index.ts";
import type { Reduction } from "../../../kernels/index.ts";
import { scope } from "../../mode.ts";
import type { Tensor } from "../../tensor.ts";
import { checkPair, checkWeight, definePointwiseLoss } from "./pointwise_loss.ts";
import { checkReduction, withTargets } from "./targets.ts";

export interface BinaryCrossEntropyOptions {
  /** Weight of each element: the logits' last dimensions, f32. */
  weight?: Tensor | null;
  /** Weight of the positive part, usually one per class: the logits' last dimensions, f32. */
  posWeight?: Tensor | null;
  /** Default "mean". */
  reduction?: Reduction;
}

const op = definePointwiseLoss("binaryCrossEntropyWithLogits", "bce");
const ofProbabilities = definePointwiseLoss("binaryCrossEntropy", "probability");

/**
 * −y · log p − (1 − y) · log(1 − p) of probabilities p and targets y in 0..1 (same shape, any rank), each logarithm at least
 * −100, as in PyTorch. Of logits `binaryCrossEntropyWithLogits` is more precise.
 *
 * @throws Error when shapes or dtypes don't fit.
 */
export const binaryCrossEntropy = /* @__PURE__ */ withTargets(
  "labels",
  (
    probabilities: Tensor,
    target: Tensor,
    options: Omit<BinaryCrossEntropyOptions, "posWeight"> = {},
  ): Tensor => {
    const name = "binaryCrossEntropy";
    checkOptions(name, options, ["weight", "reduction"]);
    checkPair(name, probabilities, target);
    const reduction = checkReduction(name, options.reduction);
    const { weight } = options;
    if (!weight) return ofProbabilities([probabilities, target], { reduction });
    return scope(() => {
      const fitted = checkWeight(name, "weight", weight, probabilities.shape);
      return ofProbabilities([probabilities, target, fitted], { reduction, weights: ["weight"] });
    });
  },
);

/**
 * −posWeight · y · log σ(x) − (1 − y) · log(1 − σ(x)) of logits x and targets y in 0..1 (same shape,
 * any rank): several labels can be right at once. Computed without overflow for any x.
 *
 * @throws Error when shapes or dtypes don't fit.
 */
export const binaryCrossEntropyWithLogits = /* @__PURE__ */ withTargets(
  "labels",
  (logits: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor => {
    const name = "binaryCrossEntropyWithLogits";
    checkOptions(name, options, ["weight", "posWeight", "reduction"]);
    checkPair(name, logits, target);
    const reduction = checkReduction(name, options.reduction);
    const given = (["weight", "posWeight"] as const).filter((role) => options[role]);
    const weights = given.map((role) => (role === "weight" ? "weight" : "positiveWeight"));
    // in a scope, because a weight that must be expanded is a temporary
    return scope(() => {
      const fitted = given.map((role) => checkWeight(name, role, options[role]!, logits.shape));
      return op([logits, target, ...fitted], { reduction, weights });
    });
  },
);

import { checkOptions } from "../../../base/index.ts";
import type { PointwiseLoss, Reduction } from "../../../kernels/index.ts";
import { requireNumber } from "../../checks.ts";
import { scope } from "../../mode.ts";
import type { Tensor } from "../../tensor.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { checkPair, definePointwiseLoss } from "./pointwise_loss.ts";
import { checkReduction, withTargets } from "./targets.ts";

/* @__NO_SIDE_EFFECTS__ */
function valueLoss(name: string, loss: PointwiseLoss) {
  const op = definePointwiseLoss(name, loss);
  return withTargets(
    "values",
    (input: Tensor, target: Tensor, options: { reduction?: Reduction } = {}): Tensor => {
      checkOptions(name, options, ["reduction"]);
      checkPair(name, input, target);
      return op([input, target], { reduction: checkReduction(name, options.reduction) });
    },
  );
}

/** (input − target)², as mean (default), sum or one by one. Same shape, any rank. */
export const mseLoss = valueLoss("mseLoss", "mse");

/** |input − target|, as mean (default), sum or one by one. Same shape, any rank. The gradient at 0 is 0. */
export const l1Loss = valueLoss("l1Loss", "l1");

const smooth = definePointwiseLoss("smoothL1Loss", "smoothL1");

/**
 * d² / (2 beta) where |d| < beta, else |d| − beta / 2, of d = input − target (Girshick,
 * https://arxiv.org/abs/1504.08083). beta (default 1) is at least 0; with 0 it is l1Loss.
 */
export const smoothL1Loss = /* @__PURE__ */ withTargets(
  "values",
  (
    input: Tensor,
    target: Tensor,
    options: { beta?: number; reduction?: Reduction } = {},
  ): Tensor => {
    checkOptions("smoothL1Loss", options, ["beta", "reduction"]);
    checkPair("smoothL1Loss", input, target);
    const beta = requireNumber("smoothL1Loss", "beta", options.beta ?? 1, 0);
    const reduction = checkReduction("smoothL1Loss", options.reduction);
    return smooth([input, target], { reduction, beta });
  },
);

/**
 * d² / 2 where |d| < delta, else delta · (|d| − delta / 2), of d = input − target (Huber 1964): `smoothL1Loss` with delta
 * as beta, times delta. Default delta 1.
 */
export const huberLoss = /* @__PURE__ */ withTargets(
  "values",
  (
    input: Tensor,
    target: Tensor,
    options: { delta?: number; reduction?: Reduction } = {},
  ): Tensor => {
    checkOptions("huberLoss", options, ["delta", "reduction"]);
    const { delta = 1, reduction } = options;
    if (!(requireNumber("huberLoss", "delta", delta, 0) > 0))
      throw new RangeError("huberLoss: delta must be above 0");
    checkPair("huberLoss", input, target);
    const beta = { beta: delta, reduction: checkReduction("huberLoss", reduction) };
    return scope(() => mul(smooth([input, target], beta), delta));
  },
);

import { checkOptions } from "../../../base/index.ts";
import type { Reduction } from "../../../kernels/index.ts";
import { requireNumber } from "../../checks.ts";
import type { Tensor } from "../../tensor.ts";
import { checkPair, checkReduction, definePointwiseLoss } from "./pointwise_loss.ts";
import { withTargets } from "./target_kind.ts";

const l1 = definePointwiseLoss("l1Loss", "l1");
const smooth = definePointwiseLoss("smoothL1Loss", "smoothL1");

/** |input − target|, as mean (default), sum or one by one. Same shape, any rank. The gradient at 0 is 0. */
export const l1Loss = /* @__PURE__ */ withTargets(
  "values",
  function l1Loss(input: Tensor, target: Tensor, options: { reduction?: Reduction } = {}): Tensor {
    checkOptions("l1Loss", options, ["reduction"]);
    checkPair("l1Loss", input, target);
    return l1([input, target], { reduction: checkReduction("l1Loss", options.reduction) });
  },
);

/**
 * d² / (2 beta) where |d| < beta, else |d| − beta / 2, of d = input − target (Girshick,
 * https://arxiv.org/abs/1504.08083). beta (default 1) is at least 0; with 0 it is l1Loss.
 */
export const smoothL1Loss = /* @__PURE__ */ withTargets(
  "values",
  function smoothL1Loss(
    input: Tensor,
    target: Tensor,
    options: { beta?: number; reduction?: Reduction } = {},
  ): Tensor {
    checkOptions("smoothL1Loss", options, ["beta", "reduction"]);
    checkPair("smoothL1Loss", input, target);
    const beta = requireNumber("smoothL1Loss", "beta", options.beta ?? 1, 0);
    const reduction = checkReduction("smoothL1Loss", options.reduction);
    return smooth([input, target], { reduction, beta });
  },
);

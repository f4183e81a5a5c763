import { checkOptions } from "../../../base/index.ts";
import type { Reduction } from "../../../kernels/index.ts";
import type { Tensor } from "../../tensor.ts";
import { checkPair, checkReduction, definePointwiseLoss } from "./pointwise_loss.ts";
import { withTargets } from "./target_kind.ts";

const op = definePointwiseLoss("mseLoss", "mse");

/** (input − target)², as mean (default), sum or one by one. Same shape, any rank. */
export const mseLoss = /* @__PURE__ */ withTargets(
  "values",
  function mseLoss(input: Tensor, target: Tensor, options: { reduction?: Reduction } = {}): Tensor {
    checkOptions("mseLoss", options, ["reduction"]);
    checkPair("mseLoss", input, target);
    return op([input, target], { reduction: checkReduction("mseLoss", options.reduction) });
  },
);

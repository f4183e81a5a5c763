import { checkOptions } from "../../../base/index.ts";
import type { Reduction } from "../../../kernels/index.ts";
import type { Tensor } from "../../tensor.ts";
import { checkPair, checkReduction, definePointwiseLoss } from "./pointwise_loss.ts";

const op = definePointwiseLoss("mseLoss", "mse");

/** (input − target)², as mean (default), sum or one by one. Same shape, any rank. */
export function mseLoss(
  input: Tensor,
  target: Tensor,
  options: { reduction?: Reduction } = {},
): Tensor {
  checkOptions("mseLoss", options, ["reduction"]);
  checkPair("mseLoss", input, target);
  return op([input, target], { reduction: checkReduction("mseLoss", options.reduction) });
}

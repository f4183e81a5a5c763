import { checkOptions } from "../../../base/index.ts";
import type { Reduction } from "../../../kernels/index.ts";
import { requireWord } from "../../checks.ts";
import { scope } from "../../mode.ts";
import type { Tensor } from "../../tensor.ts";
import { div } from "../elementwise/arithmetic.ts";
import { checkPair, definePointwiseLoss } from "./pointwise_loss.ts";
import { withTargets } from "./targets.ts";

export interface KlDivOptions {
  /** "batchmean" is the sum divided by the first dimension: what the divergence means. Default "mean", as in PyTorch. */
  reduction?: Reduction | "batchmean";
  /** Whether the target holds logarithms too. Default false. */
  logTarget?: boolean;
}

const plain = definePointwiseLoss("klDiv", "divergence");
const ofLogarithms = definePointwiseLoss("klDivOfLogarithms", "logDivergence");

/**
 * The Kullback-Leibler divergence target · (log target − input), 0 where the target is 0: `input` holds logarithms of
 * probabilities (`logSoftmax`), `target` probabilities of the same shape, as soft labels of a teacher.
 *
 * @throws Error when shapes or dtypes don't fit.
 */
export const klDiv = /* @__PURE__ */ withTargets(
  "classes",
  (input: Tensor, target: Tensor, options: KlDivOptions = {}): Tensor => {
    checkOptions("klDiv", options, ["reduction", "logTarget"]);
    const { reduction = "mean", logTarget = false } = options;
    const known = ["mean", "sum", "none", "batchmean"] as const;
    const asked = requireWord("klDiv", "reduction", reduction, known);
    checkPair("klDiv", input, target);
    const op = logTarget ? ofLogarithms : plain;
    if (asked !== "batchmean") return op([input, target], { reduction: asked });
    return scope(() => div(op([input, target], { reduction: "sum" }), input.shape[0] ?? 1));
  },
);

import {
  crossEntropy,
  exp,
  mean,
  mul,
  neg,
  pow,
  sub,
  sum,
  type Tensor,
} from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Loss } from "./loss.ts";

export interface FocalLossOptions {
  /** How much less examples count that are recognised already; 0 is cross-entropy. Default 2. */
  gamma?: number;
  /** Weight of each class, f32 [C]. The mean divides by the number of examples all the same. Default none. */
  weight?: Tensor | null;
  /** Default "mean". */
  reduction?: "mean" | "sum" | "none";
}

/**
 * Focal loss (Lin et al. 2017, https://arxiv.org/abs/1708.02002), −(1 − p)^γ · log p of the probability p = softmax(logits)[target]:
 * for classes of which most examples are easy. Logits [N, C]; targets class numbers, i32 [N], or shares of classes, f32 [N, C],
 * as mixed images have, for which −log p is the cross-entropy.
 */
export class FocalLoss extends Loss {
  override readonly targets = "classes";

  /** @throws RangeError for a negative gamma. */
  constructor(readonly options: FocalLossOptions = {}) {
    super();
    checkOptions("FocalLoss", options, ["gamma", "weight", "reduction"]);
    const { gamma = 2 } = options;
    if (!(gamma >= 0 && gamma < Number.POSITIVE_INFINITY))
      throw new RangeError(`FocalLoss: gamma must be a number of at least 0, not ${gamma}`);
  }

  override get reduction(): "mean" | "sum" | "none" {
    return this.options.reduction ?? "mean";
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    const { gamma = 2, weight = null } = this.options;
    const plain = crossEntropy(logits, target, { reduction: "none" });
    const weighted = weight ? crossEntropy(logits, target, { weight, reduction: "none" }) : plain;
    const losses = mul(pow(sub(1, exp(neg(plain))), gamma), weighted);
    if (this.reduction === "none") return losses;
    return this.reduction === "sum" ? sum(losses) : mean(losses);
  }
}

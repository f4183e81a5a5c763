import { defineOp } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import {
  type ClassLossAttributes,
  type ClassLossOptions,
  resolveClassLoss,
} from "./class_targets.ts";
import { classLoss } from "./cross_entropy.ts";
import { withTargets } from "./target_kind.ts";

export type NllLossOptions = ClassLossOptions;

const op = defineOp<ClassLossAttributes>("nllLoss", classLoss);

/**
 * Negative log-likelihood: −logProbabilities at the target's class, for [N, C], [N, C, d1, …] or
 * [C] from logSoftmax and class labels (i32 or u32, the same shape without C). Options and bad
 * labels as in crossEntropy.
 */
export const nllLoss = /* @__PURE__ */ withTargets(
  "classes",
  function nllLoss(logProbabilities: Tensor, target: Tensor, options: NllLossOptions = {}): Tensor {
    const known = ["weight", "ignoreIndex", "reduction"];
    const { inputs, attributes } = resolveClassLoss(
      "nllLoss",
      logProbabilities,
      target,
      options,
      known,
    );
    return op(inputs, attributes);
  },
);

import { crossEntropyGrad, crossEntropy as forward, type NDArray } from "../../../kernels/index.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import {
  type ClassLossAttributes,
  type ClassLossOptions,
  resolveClassLoss,
} from "./class_targets.ts";
import { withTargets } from "./targets.ts";

export type NllLossOptions = ClassLossOptions;

export interface CrossEntropyOptions extends ClassLossOptions {
  /** Share of the target that is spread evenly over all classes, 0 to 1. Default 0. */
  labelSmoothing?: number;
}

/** @param takesLogits unless logSoftmax was applied already; labels may then be probabilities, and smoothed. */
/* @__NO_SIDE_EFFECTS__ */
function classLoss<Options extends ClassLossOptions>(name: string, takesLogits: boolean) {
  const op = defineOp<ClassLossAttributes>(name, ([x, labels, given], attributes) => {
    const weight: NDArray | null = given ?? null;
    const inputs = { x, labels, weight };
    const result = forward(inputs, attributes, attributes.lossShape);
    const kept = [x, labels, result.rows, result.denominator, ...(weight ? [weight] : [])];
    const rule = (of: "logits" | "target") =>
      saving(kept, (dy) => crossEntropyGrad(inputs, result, dy, attributes, of));
    return {
      out: result.out,
      grads: [rule("logits"), attributes.probabilities ? rule("target") : null, null],
    };
  });
  return withTargets("classes", (input: Tensor, target: Tensor, options?: Options): Tensor => {
    const { inputs, attributes } = resolveClassLoss(
      name,
      takesLogits,
      input,
      target,
      options ?? {},
    );
    return op(inputs, attributes);
  });
}

/**
 * Cross-entropy of logits [N, C], [N, C, d1, …] or [C] against class labels (i32 or u32, the logits'
 * shape without C) or probabilities (f32, the logits' shape): −Σ target · logSoftmax(logits).
 *
 * `weight` [C] scales each class; with labels the mean then divides by the sum of the targets'
 * weights. Labels equal to `ignoreIndex` (default −100) count nowhere; if all are ignored, the mean
 * is NaN. reduction "none" gives one loss per label.
 *
 * Labels aren't read back to be checked: one outside 0..C−1 makes its loss (and so the mean) and
 * its gradient NaN. DataLoader and Trainer check labels where they are still on the host.
 *
 * @throws Error naming shapes or options that don't fit.
 */
export const crossEntropy = classLoss<CrossEntropyOptions>("crossEntropy", true);

/**
 * Negative log-likelihood: minus the log-probability at the target's class, for [N, C], [N, C, d1, …] or
 * [C] from logSoftmax and class labels (i32 or u32, the same shape without C). Options and bad
 * labels as in crossEntropy.
 */
export const nllLoss = classLoss<NllLossOptions>("nllLoss", false);

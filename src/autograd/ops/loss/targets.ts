import type { Reduction } from "../../../kernels/index.ts";
import { requireWord } from "../../checks.ts";

/**
 * What a loss compares outputs with:
 * - "classes": one class of several is right. Targets are class numbers, i32 [N], or f32 probabilities of the outputs' shape.
 * - "labels": each output is a yes or no of its own. Targets are f32 from 0 to 1, of the outputs' shape.
 * - "values": targets are numbers of the outputs' shape.
 */
export type TargetKind = "classes" | "labels" | "values";

/** A loss function that says what its targets are: what training, evaluation and prediction make of outputs depends on it. */
/* @__NO_SIDE_EFFECTS__ */
export function withTargets<Loss extends object, Kind extends TargetKind>(
  targets: Kind,
  loss: Loss,
): Loss & { readonly targets: Kind } {
  return Object.assign(loss, { targets });
}

/** How losses become one number; "mean" unless given. @throws TypeError for an unknown word. */
export function checkReduction(name: string, reduction: unknown = "mean"): Reduction {
  return requireWord(name, "reduction", reduction, ["mean", "sum", "none"]);
}

import { checkOptions } from "../../../base/index.ts";
import type { Reduction } from "../../../kernels/index.ts";
import { requireFloat, requireNumber, requireShape } from "../../checks.ts";
import { scope } from "../../mode.ts";
import type { Tensor } from "../../tensor.ts";
import { add, div, mul, sub } from "../elementwise/arithmetic.ts";
import { gt } from "../elementwise/compare.ts";
import { minimum } from "../elementwise/extremes.ts";
import { abs, sqrt, square } from "../elementwise/math.ts";
import { pow } from "../elementwise/pow.ts";
import { relu } from "../elementwise/relu.ts";
import { where } from "../elementwise/where.ts";
import { mean, sum } from "../reduce/reductions.ts";
import { checkReduction } from "./targets.ts";

export interface TripletMarginOptions {
  /** Default 1. */
  margin?: number;
  /** The norm that distances are measured in, at least 1. Default 2. */
  p?: number;
  /** Added to each difference. Default 1e-6. */
  eps?: number;
  /** Take the distance from positive to negative where that is the smaller one. Default false. */
  swap?: boolean;
  /** Default "mean". */
  reduction?: Reduction;
}

/**
 * max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin) of rows [N, D] or vectors [D] (Balntas et al. 2016): like is
 * drawn to like, and away from unlike.
 *
 * @throws Error when the three shapes differ, or dtypes don't fit.
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginOptions = {},
): Tensor {
  const name = "tripletMarginLoss";
  checkOptions(name, options, ["margin", "p", "eps", "swap", "reduction"]);
  const { margin = 1, p = 2, eps = 1e-6, swap = false } = options;
  requireNumber(name, "p", p, 1);
  const reduction = checkReduction(name, options.reduction);
  checkRows(name, { anchor, positive, negative });
  return scope(() => {
    const distance = (a: Tensor, b: Tensor) => lengthOf(add(sub(a, b), eps), p);
    const near = distance(anchor, positive);
    const away = distance(anchor, negative);
    const far = swap ? minimum(away, distance(positive, negative)) : away;
    return reduced(relu(add(sub(near, far), margin)), reduction);
  });
}

/** The p-norm along the last dimension. */
function lengthOf(x: Tensor, p: number): Tensor {
  if (p === 2) return sqrt(sum(square(x), -1));
  if (p === 1) return sum(abs(x), -1);
  return pow(sum(pow(abs(x), p), -1), 1 / p);
}

export interface CosineEmbeddingOptions {
  /** Below this cosine unlike pairs cost nothing. Default 0. */
  margin?: number;
  /** Default "mean". */
  reduction?: Reduction;
}

/**
 * Of pairs of rows [N, D] (or vectors [D]) with targets [N] (or []): 1 − cos where the target is 1, max(0, cos − margin)
 * where it is −1.
 *
 * @throws Error when shapes or dtypes don't fit.
 */
export function cosineEmbeddingLoss(
  first: Tensor,
  second: Tensor,
  target: Tensor,
  options: CosineEmbeddingOptions = {},
): Tensor {
  const name = "cosineEmbeddingLoss";
  checkOptions(name, options, ["margin", "reduction"]);
  const margin = requireNumber(name, "margin", options.margin ?? 0, -1, 1);
  const reduction = checkReduction(name, options.reduction);
  checkRows(name, { first, second });
  requireShape(name, "target", target, first.shape.slice(0, -1), "one for each row");
  return scope(() => {
    const squared = (x: Tensor) => add(sum(square(x), -1), 1e-12);
    const lengths = sqrt(mul(squared(first), squared(second)));
    const cosine = div(sum(mul(first, second), -1), lengths);
    const losses = where(gt(target, 0), sub(1, cosine), relu(sub(cosine, margin)));
    return reduced(losses, reduction);
  });
}

function checkRows(name: string, tensors: Readonly<Record<string, Tensor>>): void {
  const [[role, first] = ["", null], ...others] = Object.entries(tensors);
  const { shape, ndim } = requireFloat(name, role, first);
  if (ndim !== 1 && ndim !== 2)
    throw new Error(
      `${name}: ${role} has ${ndim} dimensions; rows [N, D] or a vector are expected`,
    );
  for (const [other, tensor] of others)
    requireShape(name, other, requireFloat(name, other, tensor), shape, `the shape of ${role}`);
}

function reduced(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "mean" ? mean(losses) : sum(losses);
}

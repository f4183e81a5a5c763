import { checkOptions, shapeText } from "../../../base/index.ts";
import { requireFloat, requireTensor } from "../../checks.ts";
import { arange } from "../../create/create.ts";
import { scope } from "../../mode.ts";
import type { Tensor } from "../../tensor.ts";
import { add, mul } from "../elementwise/arithmetic.ts";
import { ge } from "../elementwise/compare.ts";
import { where } from "../elementwise/where.ts";
import { transpose } from "../layout/permute.ts";
import { reshape } from "../layout/reshape.ts";
import { matmul } from "../matmul/matmul.ts";
import { dropout } from "../random/dropout.ts";
import { softmax } from "../reduce/softmax.ts";

export interface AttentionOptions {
  /**
   * Broadcast to [..., L, S]. Of a float dtype it is added to the scores; of an integer dtype (as comparisons give it) what
   * is 0 is left out.
   */
  attnMask?: Tensor | null;
  /** Probability with which a weight is dropped; also in evaluation, as in PyTorch. Default 0. */
  dropoutP?: number;
  /** Whether a query sees only keys up to its own position. Default false. */
  isCausal?: boolean;
  /** What scores are multiplied by. Default 1/√E. */
  scale?: number;
}

/** Added to the score of what is left out: its weight is 0, and a row that is left out whole has equal ones. */
const LEFT_OUT = -3e4;

/**
 * Each query's mean of the values, weighted by softmax(query · keyᵀ · scale) (Vaswani et al. 2017,
 * https://arxiv.org/abs/1706.03762): query [..., L, E], key [..., S, E], value [..., S, V] → [..., L, V]. Leading dimensions
 * broadcast. PyTorch's `scaled_dot_product_attention`.
 *
 * @throws Error naming the shapes that don't fit.
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const name = "scaledDotProductAttention";
  checkOptions(name, options, ["attnMask", "dropoutP", "isCausal", "scale"]);
  checkShapes(name, query, key, value);
  const { attnMask, dropoutP = 0, isCausal = false, scale } = options;
  if (attnMask) requireTensor(name, "attnMask", attnMask);
  return scope(() => {
    // The queries are scaled: they are fewer than the scores.
    const scaled = mul(query, scale ?? 1 / Math.sqrt(query.shape.at(-1)!));
    let scores = matmul(scaled, transpose(key, -2, -1));
    if (isCausal)
      scores = where(causalMask(query.shape.at(-2)!, key.shape.at(-2)!), scores, LEFT_OUT);
    if (attnMask) scores = masked(scores, attnMask);
    return matmul(dropout(softmax(scores, -1), dropoutP), value);
  });
}

function masked(scores: Tensor, mask: Tensor): Tensor {
  const isFloat = mask.dtype === "f32" || mask.dtype === "f16";
  return isFloat ? add(scores, mask) : where(mask, scores, LEFT_OUT);
}

/** [L, S], 1 where the key isn't later than the query. */
function causalMask(queries: number, keys: number): Tensor {
  return ge(reshape(arange(queries), [queries, 1]), arange(keys));
}

function checkShapes(name: string, query: Tensor, key: Tensor, value: Tensor): void {
  for (const [role, given] of Object.entries({ query, key, value })) {
    requireFloat(name, role, given);
    if (given.ndim >= 2) continue;
    throw new Error(
      `${name}: the ${role} has shape ${shapeText(given.shape)}; [..., L, E] is expected`,
    );
  }
  const [q, k, v] = [query, key, value].map(({ shape }) => shapeText(shape));
  if (query.shape.at(-1) !== key.shape.at(-1)) {
    throw new Error(`${name}: query ${q} and key ${k} differ in their last dimension`);
  }
  if (key.shape.at(-2) !== value.shape.at(-2)) {
    throw new Error(`${name}: key ${k} and value ${v} differ in their last dimension but one`);
  }
}

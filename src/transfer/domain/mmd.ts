import {
  add,
  clamp,
  concat,
  div,
  exp,
  matmul,
  mean,
  mul,
  narrow,
  neg,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import { requireFeatures } from "./features.ts";

export interface MmdOptions {
  /** The kernels' widths, as multiples of the mean squared distance between examples. Default [¼, ½, 1, 2, 4]. */
  scales?: readonly number[];
}

/**
 * How far two sets of features are apart: the squared maximum mean discrepancy (Gretton et al. 2012,
 * https://jmlr.org/papers/v13/gretton12a.html), in its biased form, which is never negative. The kernel is the mean of
 * Gaussians exp(−‖a − b‖² / width) of several widths (Long et al. 2015, https://arxiv.org/abs/1502.02791). As a metric
 * it tells the gap between domains; as a loss beside the source's it closes it.
 *
 * @param source features [N, D] of one domain.
 * @param target features [M, D] of the other, from the same layer.
 * @returns one number, from 0 (no difference) to 2. Gradients reach both; the widths count as constants.
 * @throws Error for other shapes or fewer than two examples; RangeError for widths that aren't positive.
 */
export function mmd(source: Tensor, target: Tensor, options: MmdOptions = {}): Tensor {
  checkOptions("mmd", options, ["scales"]);
  const { scales = [0.25, 0.5, 1, 2, 4] } = options;
  requireFeatures("mmd", source, target, 2);
  if (scales.length === 0 || !scales.every((scale) => scale > 0 && Number.isFinite(scale)))
    throw new RangeError(`mmd: scales are [${scales.join(", ")}]; they must be positive numbers`);
  const [n, m] = [source.shape[0]!, target.shape[0]!];
  const distances = squaredDistances(concat([source, target], 0));
  const pairs = (n + m) * (n + m - 1);
  // Where all examples are equal the distances are 0, whatever they are divided by.
  const width = clamp(div(sum(distances.detach()), pairs), { min: 1e-30 });
  const kernels = scales.map((scale) => exp(neg(div(distances, mul(width, scale)))));
  const kernel = div(
    kernels.reduce((a, b) => add(a, b)),
    scales.length,
  );
  const block = (row: number, rows: number, column: number, columns: number) =>
    mean(narrow(narrow(kernel, 0, row, rows), 1, column, columns));
  const within = add(block(0, n, 0, n), block(n, m, n, m));
  return sub(within, mul(block(0, n, n, m), 2));
}

/** ‖a − b‖² of all pairs of rows, [N, N]. Centred first, so that little is lost to rounding. */
function squaredDistances(rows: Tensor): Tensor {
  const centred = sub(rows, mean(rows, 0, true).detach());
  const norms = sum(square(centred), 1, true);
  const products = matmul(centred, transpose(centred, 0, 1));
  return clamp(sub(add(norms, transpose(norms, 0, 1)), mul(products, 2)), { min: 0 });
}

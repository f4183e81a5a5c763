import {
  div,
  matmul,
  mean,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "../../autograd/index.ts";
import { requireFeatures } from "./features.ts";

/**
 * How much the covariances of two sets of features differ: ‖C_source − C_target‖² / 4D², of Frobenius' norm (Deep CORAL,
 * Sun & Saenko 2016, https://arxiv.org/abs/1607.01719). Beside the source's loss it aligns the domains.
 *
 * @param source features [N, D] of one domain.
 * @param target features [M, D] of the other, from the same layer.
 * @returns one number. Gradients reach both.
 * @throws Error for other shapes or fewer than two examples.
 */
export function coral(source: Tensor, target: Tensor): Tensor {
  requireFeatures("coral", source, target, 2);
  const features = source.shape[1]!;
  const difference = sub(covariance(source), covariance(target));
  return div(sum(square(difference)), 4 * features * features);
}

/** The unbiased covariance [D, D] of rows [N, D]. */
function covariance(rows: Tensor): Tensor {
  const centred = sub(rows, mean(rows, 0, true));
  return div(matmul(transpose(centred, 0, 1), centred), rows.shape[0]! - 1);
}

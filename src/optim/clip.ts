import { requireTensor, Tensor, zeros } from "../autograd/index.ts";
import { clipToNorm, globalNorm, scope } from "../kernels/index.ts";
import { listOf } from "./optimizer.ts";

/**
 * Scales the gradients of `params` in place so that their total L2 norm is at most `maxNorm`
 * (Pascanu et al. 2013, https://arxiv.org/abs/1211.5063). No value is read back.
 *
 * @returns the norm before clipping, shape []; 0 where no parameter has a gradient, as in PyTorch.
 */
export function clipGradNorm_(params: Tensor | Iterable<Tensor>, maxNorm: number): Tensor {
  if (!(maxNorm > 0)) throw new Error(`clipGradNorm_: maxNorm must be positive, not ${maxNorm}`);
  const name = "clipGradNorm_";
  const list = params instanceof Tensor ? [params] : listOf(name, params);
  const grads = list.flatMap((param) => requireTensor(name, "a parameter", param).usedGrad ?? []);
  if (grads.length === 0) return zeros([]);
  const norm = scope(
    () => globalNorm(grads),
    (result) => [result],
  );
  for (const grad of grads) clipToNorm(grad, norm, maxNorm);
  return new Tensor(norm);
}

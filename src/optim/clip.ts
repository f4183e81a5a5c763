import { requireTensor, Tensor, zeros } from "../autograd/index.ts";
import { clampInto, clipToNorm, globalNorm, type NDArray, scope } from "../kernels/index.ts";
import { listOf } from "./optimizer.ts";

/**
 * Scales the gradients of `params` in place so that their total L2 norm is at most `maxNorm`
 * (Pascanu et al. 2013, https://arxiv.org/abs/1211.5063). No value is read back.
 *
 * @returns the norm before clipping, shape []; 0 where no parameter has a gradient, as in PyTorch.
 */
export function clipGradNorm_(params: Tensor | Iterable<Tensor>, maxNorm: number): Tensor {
  if (!(maxNorm > 0)) throw new Error(`clipGradNorm_: maxNorm must be positive, not ${maxNorm}`);
  const grads = gradientsOf("clipGradNorm_", params);
  if (grads.length === 0) return zeros([]);
  const norm = scope(
    () => globalNorm(grads),
    (result) => [result],
  );
  for (const grad of grads) clipToNorm(grad, norm, maxNorm);
  return new Tensor(norm);
}

/** Limits each element of the gradients of `params` to −clipValue..clipValue, in place. */
export function clipGradValue_(params: Tensor | Iterable<Tensor>, clipValue: number): void {
  if (!(clipValue > 0))
    throw new Error(`clipGradValue_: clipValue must be positive, not ${clipValue}`);
  for (const grad of gradientsOf("clipGradValue_", params)) clampInto(grad, -clipValue, clipValue);
}

function gradientsOf(name: string, params: Tensor | Iterable<Tensor>): NDArray[] {
  const list = params instanceof Tensor ? [params] : listOf(name, params);
  return list.flatMap((param) => requireTensor(name, "a parameter", param).usedGrad ?? []);
}

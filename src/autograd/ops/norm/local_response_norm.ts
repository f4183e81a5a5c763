import { checkOptions } from "../../../base/index.ts";
import {
  localResponseNorm as forward,
  type LocalResponse,
  localResponseNormGrad,
} from "../../../kernels/index.ts";
import { requireFloat, requireNumber, requireRank } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface LocalResponseNormOptions {
  /** Default 1e-4. */
  alpha?: number;
  /** Default 0.75. */
  beta?: number;
  /** Default 1. */
  k?: number;
}

const op = defineOp<LocalResponse>("localResponseNorm", ([x], response, wanted) => {
  const { out, bases } = forward(x!, response, wanted[0]!);
  const grad = bases && saving([x!, bases], (dy) => localResponseNormGrad(dy, x!, bases, response));
  return { out, grads: [grad] };
});

/**
 * x / (k + alpha / size · Σ x²)^beta for [N, C, …], the sum over `size` neighbouring channels (Krizhevsky, Sutskever & Hinton
 * 2012); of an even size one more lies before an element's own channel than behind.
 */
export function localResponseNorm(
  input: Tensor,
  size: number,
  options: LocalResponseNormOptions = {},
): Tensor {
  const name = "localResponseNorm";
  checkOptions(name, options, ["alpha", "beta", "k"]);
  requireFloat(name, "input", input);
  requireRank(name, "input", input, 2, 6, "[N, C] or [N, C, …]");
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`${name}: size is ${size}; it must be a whole number of at least 1`);
  }
  const alpha = requireNumber(name, "alpha", options.alpha ?? 1e-4) / size;
  const beta = requireNumber(name, "beta", options.beta ?? 0.75);
  const k = requireNumber(name, "k", options.k ?? 1);
  const [before, after] = [Math.floor(size / 2), Math.floor((size - 1) / 2)];
  return op([input], { before, after, alpha, beta, k });
}

import { checkOptions, sizeOf } from "../../../base/index.ts";
import { requireFloat, requireNumber } from "../../checks.ts";
import { type Dims, resolveDims } from "../../dims.ts";
import type { Tensor } from "../../tensor.ts";
import { div, sub } from "../elementwise/arithmetic.ts";
import { sqrt, square } from "../elementwise/math.ts";
import { mean, sum } from "./reductions.ts";

export interface VarianceOptions {
  /** The sum of squares is divided by count − correction. Default 1: the unbiased estimate. */
  correction?: number;
  keepdim?: boolean;
}

/** The variance over one dimension, several, or all (the default). Floats only. */
export function variance(input: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  checkOptions("var", options, ["correction", "keepdim"]);
  const { shape } = requireFloat("var", "input", input);
  const { keepdim = false } = options;
  const correction = requireNumber("var", "correction", options.correction ?? 1);
  const count = sizeOf(resolveDims("var", dim, shape).map((d) => shape[d]!));
  const squares = square(sub(input, mean(input, dim, true)));
  return div(sum(squares, dim, keepdim), Math.max(0, count - correction));
}

/** The standard deviation; see `variance`. */
export function std(input: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  return sqrt(variance(input, dim, options));
}

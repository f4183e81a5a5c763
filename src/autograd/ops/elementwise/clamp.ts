import { checkOptions } from "../../../base/index.ts";
import {
  binary,
  type DType,
  holds,
  isFloat,
  mathGrad,
  type NDArray,
  unary,
} from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface Bounds {
  min?: number | null;
  max?: number | null;
}

interface Range {
  readonly low: number | null;
  readonly high: number | null;
}

const op = defineOp<Range>("clamp", ([x], bounds) => {
  const low = bounds.low ?? Number.NEGATIVE_INFINITY;
  const high = bounds.high ?? Number.POSITIVE_INFINITY;
  return {
    out: isFloat(x.dtype) ? unary("clamp", x, Math.min(low, high), high) : clampIntegers(x, bounds),
    grads: [saving([x], (dy) => mathGrad("clamp", dy, x, low, high))],
  };
});

function clampIntegers(x: NDArray, { low, high }: Range): NDArray {
  const raised = low === null ? x.share() : binary("maximum", x, low);
  return high === null ? raised : binary("minimum", raised, high);
}

/**
 * x limited to min..max, given in order or as { min, max }; leave one out with null. As in PyTorch
 * everything becomes max where min is greater, NaN stays NaN, and the gradient passes at the bounds
 * too. Integers take whole bounds.
 */
export function clamp(
  input: Tensor,
  min: number | Bounds | null = null,
  max: number | null = null,
): Tensor {
  const { dtype } = requireTensor("clamp", "input", input);
  const bounds = min !== null && typeof min === "object" ? min : { min, max };
  checkOptions("clamp", bounds, ["min", "max"]);
  const [low, high] = [bounds.min ?? null, bounds.max ?? null];
  if (low === null && high === null) throw new Error("clamp: give at least one of min and max");
  for (const bound of [low, high]) {
    if (bound === null || isBound(bound, dtype)) continue;
    throw new RangeError(`clamp: the bound ${String(bound)} doesn't fit a tensor of ${dtype}`);
  }
  return op([input], { low, high });
}

function isBound(value: unknown, dtype: DType): boolean {
  return typeof value === "number" && !Number.isNaN(value) && holds(dtype, value);
}

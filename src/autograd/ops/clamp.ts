import type { NDArray } from "../../kernels/array.ts";
import { binary } from "../../kernels/binary.ts";
import { holds, isFloat } from "../../kernels/dtypes.ts";
import { unary } from "../../kernels/elementwise.ts";
import { mathGrad } from "../../kernels/math_grad.ts";
import { requireTensor } from "../checks.ts";
import { defineOp, saving } from "../op.ts";
import type { Tensor } from "../tensor.ts";

interface Bounds {
  readonly low: number | null;
  readonly high: number | null;
}

const op = defineOp<Bounds>("clamp", ([x], bounds) => {
  const low = bounds.low ?? Number.NEGATIVE_INFINITY;
  const high = bounds.high ?? Number.POSITIVE_INFINITY;
  return {
    out: isFloat(x.dtype) ? unary("clamp", x, Math.min(low, high), high) : clampIntegers(x, bounds),
    grads: [saving([x], (dy) => mathGrad("clamp", dy, x, low, high))],
  };
});

function clampIntegers(x: NDArray, { low, high }: Bounds): NDArray {
  const raised = low === null ? x.share() : binary("maximum", x, low);
  return high === null ? raised : binary("minimum", raised, high);
}

/**
 * x limited to min..max; leave one out with null. As in PyTorch everything becomes max where min is
 * greater, NaN stays NaN, and the gradient passes at the bounds too. Integers take whole bounds.
 */
export function clamp(input: Tensor, min: number | null = null, max: number | null = null): Tensor {
  const { dtype } = requireTensor("clamp", "input", input);
  if (min === null && max === null) throw new Error("clamp: give at least one of min and max");
  for (const bound of [min, max]) {
    if (bound === null || (holds(dtype, bound) && !Number.isNaN(bound))) continue;
    throw new RangeError(`clamp: the bound ${bound} doesn't fit a tensor of ${dtype}`);
  }
  return op([input], { low: min, high: max });
}

import { softmax as forward, softmaxGrad } from "../../../kernels/index.ts";
import { requireFloat } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Attributes {
  readonly dim: number;
}

/* @__NO_SIDE_EFFECTS__ */
function alongDim(name: string, log: boolean): (input: Tensor, dim: number) => Tensor {
  const op = defineOp<Attributes>(name, ([x], { dim }) => {
    const out = forward(x, dim, log);
    return { out, grads: [saving([out], (dy) => softmaxGrad(out, dy, dim, log))] };
  });
  return (input, dim) => {
    const { shape } = requireFloat(name, "input", input);
    return op([input], { dim: resolveDim(name, dim, shape) });
  };
}

/**
 * exp(x) / Σ exp(x) along `dim` (negative counts from the end), computed from x − max(x).
 *
 * @throws Error when there is no such dimension.
 */
export const softmax = alongDim("softmax", false);

/** log(softmax(input, dim)), without the loss of precision that two steps would bring. */
export const logSoftmax = alongDim("logSoftmax", true);

import { softmax as forward, softmaxGrad } from "../../../kernels/index.ts";
import { requireFloat } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Attributes {
  readonly dim: number;
}

/* @__NO_SIDE_EFFECTS__ */
function define(name: string, log: boolean) {
  return defineOp<Attributes>(name, ([x], { dim }) => {
    const out = forward(x, dim, log);
    return { out, grads: [saving([out], (dy) => softmaxGrad(out, dy, dim, log))] };
  });
}

const softmaxOp = define("softmax", false);
const logSoftmaxOp = define("logSoftmax", true);

/**
 * exp(x) / Σ exp(x) along `dim` (negative counts from the end), computed from x − max(x).
 *
 * @throws Error when there is no such dimension.
 */
export function softmax(input: Tensor, dim: number): Tensor {
  const { shape } = requireFloat("softmax", "input", input);
  return softmaxOp([input], { dim: resolveDim("softmax", dim, shape) });
}

/** log(softmax(input, dim)), without the loss of precision that two steps would bring. */
export function logSoftmax(input: Tensor, dim: number): Tensor {
  const { shape } = requireFloat("logSoftmax", "input", input);
  return logSoftmaxOp([input], { dim: resolveDim("logSoftmax", dim, shape) });
}

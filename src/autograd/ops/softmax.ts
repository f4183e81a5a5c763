import { shapeText } from "../../kernels/array.ts";
import { softmax as forward, softmaxGrad } from "../../kernels/softmax.ts";
import { requireFloat } from "../checks.ts";
import { defineOp, saving } from "../op.ts";
import type { Tensor } from "../tensor.ts";

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
  return softmaxOp([requireFloat("softmax", "input", input)], { dim: axis("softmax", input, dim) });
}

/** log(softmax(input, dim)), without the loss of precision that two steps would bring. */
export function logSoftmax(input: Tensor, dim: number): Tensor {
  requireFloat("logSoftmax", "input", input);
  return logSoftmaxOp([input], { dim: axis("logSoftmax", input, dim) });
}

function axis(name: string, { shape }: Tensor, dim: number): number {
  const rank = shape.length;
  if (Number.isInteger(dim) && dim >= -rank && dim < rank) return dim < 0 ? dim + rank : dim;
  throw new RangeError(
    `${name}: dim is ${dim}; for input of shape ${shapeText(shape)} give a whole number ` +
      (rank > 0 ? `from ${-rank} to ${rank - 1}` : "after reshaping it to at least one dimension"),
  );
}

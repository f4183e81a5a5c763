import { type Shape, shapeText } from "../../../base/index.ts";
import { checkShape, repeated, sumTo } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp<Shape>("expand", ([x], shape) => ({
  out: repeated(x, shape),
  grads: [saving([], (dy) => sumTo(dy, x.shape))],
}));

/**
 * Repeats dimensions of size 1 (and adds leading ones) to `shape`; −1 keeps a size. Arithmetic
 * broadcasts by itself: expand is for results that must have the full shape.
 */
export function expand(input: Tensor, shape: Shape): Tensor {
  const own = requireTensor("expand", "input", input).shape;
  if (!Array.isArray(shape))
    throw new TypeError("expand: the shape must be a list of numbers, e.g. [4, -1]");
  const extra = shape.length - own.length;
  const full = shape.map((n: number, d: number) => (n === -1 && d >= extra ? own[d - extra]! : n));
  const fits = extra >= 0 && own.every((n, d) => n === 1 || n === full[d + extra]);
  if (!fits) throw new Error(`expand: ${shapeText(own)} can't be repeated to ${shapeText(shape)}`);
  checkShape(full);
  return op([input], full);
}

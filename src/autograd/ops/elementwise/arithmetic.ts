import type { Shape } from "../../../base/index.ts";
import { binary, binaryGrad, isFloat, mathGrad, sumTo, unary } from "../../../kernels/index.ts";
import { binaryFunction, kept, type Operand, type Value } from "../../binary_op.ts";
import { saving } from "../../op.ts";
import { Tensor } from "../../tensor.ts";
import { cast } from "./cast.ts";

/** The shape to which an operand's gradient is summed; a number's gradient is never asked for. */
const shapeOf = (value: Value): Shape => (typeof value === "number" ? [] : value.shape);

/** a + b, with NumPy broadcasting. One may be a number; the wider dtype counts. */
export const add = binaryFunction(
  "add",
  (a, b) => [saving([], (dy) => sumTo(dy, shapeOf(a))), saving([], (dy) => sumTo(dy, shapeOf(b)))],
  { step: (numbers) => (Object.keys(numbers).length === 0 ? { kind: "add" } : null) },
);

/** a − b, with NumPy broadcasting. One may be a number; the wider dtype counts. */
export const sub = binaryFunction("sub", (a, b) => [
  saving([], (dy) => sumTo(dy, shapeOf(a))),
  saving([], (dy) => unary("neg", sumTo(dy, shapeOf(b)))),
]);

/** a · b element by element, with NumPy broadcasting. One may be a number; the wider dtype counts. */
export const mul = binaryFunction("mul", (a, b) => [
  saving(kept(b), (dy) => sumTo(binary("mul", dy, b), shapeOf(a))),
  saving(kept(a), (dy) => sumTo(binary("mul", dy, a), shapeOf(b))),
]);

const divideFloats = binaryFunction("div", (a, b) => [
  saving(kept(b), (dy) => sumTo(binary("div", dy, b), shapeOf(a))),
  saving(kept(a, b), (dy) => {
    if (typeof b === "number") return dy.share();
    if (typeof a === "number") return mathGrad("reciprocal", dy, b, a);
    return sumTo(binaryGrad("divByB", dy, a, b), b.shape);
  }),
]);

/**
 * a / b element by element, with NumPy broadcasting. One may be a number; the wider dtype counts.
 * Integers are divided as f32, as in PyTorch: 7 / 2 = 3.5.
 */
export function div(a: Operand, b: Operand): Tensor {
  return divideFloats(asFloat(a), asFloat(b));
}

function asFloat(value: Operand): Operand {
  return value instanceof Tensor && !isFloat(value.dtype) ? cast(value, "f32") : value;
}

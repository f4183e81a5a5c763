import { binary, isFloat, mathGrad, type NDArray, sine, unary } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { cast } from "./cast.ts";

/** A function of any dtype. */
/* @__NO_SIDE_EFFECTS__ */
function ofNumbers(name: string, definition: Definition<void>): (input: Tensor) => Tensor {
  const op = defineOp(name, definition);
  return (input) => op([requireTensor(name, "input", input)]);
}

/** A function that takes integers as f32. */
/* @__NO_SIDE_EFFECTS__ */
function ofFloats(name: string, definition: Definition<void>): (input: Tensor) => Tensor {
  const op = defineOp(name, definition);
  return (input) => {
    const { dtype } = requireTensor(name, "input", input);
    return op([isFloat(dtype) ? input : cast(input, "f32")]);
  };
}

/** −x, any dtype (u32 wraps round). */
export const neg = ofNumbers("neg", ([x]) => ({
  out: isFloat(x.dtype) ? unary("neg", x) : binary("sub", 0, x),
  grads: [saving([], (dy) => unary("neg", dy))],
}));

/** e^x. Of integers as f32. */
export const exp = ofFloats("exp", ([x]) => {
  const out = unary("exp", x);
  return { out, grads: [saving([out], (dy) => binary("mul", dy, out))] };
});

/** The natural logarithm: −Infinity at 0, NaN below. Of integers as f32. */
export const log = ofFloats("log", ([x]) => ({
  out: unary("log", x),
  grads: [saving([x], (dy) => binary("div", dy, x))],
}));

/** The square root: NaN below 0; its gradient at 0 is infinite. Of integers as f32. */
export const sqrt = ofFloats("sqrt", ([x]) => {
  const out = unary("sqrt", x);
  return { out, grads: [saving([out], (dy) => mathGrad("sqrtFromOutput", dy, out))] };
});

/** |x|, any dtype. The gradient at 0 is 0. */
export const abs = ofNumbers("abs", ([x]) => ({
  out: absolute(x),
  grads: [saving([x], (dy) => mathGrad("abs", dy, x))],
}));

function absolute(x: NDArray): NDArray {
  if (isFloat(x.dtype)) return unary("abs", x);
  return x.dtype === "u32" ? x.share() : binary("maximum", x, binary("sub", 0, x));
}

/** x², any dtype. */
export const square = ofNumbers("square", ([x]) => ({
  out: binary("mul", x, x),
  grads: [saving([x], (dy) => mathGrad("square", dy, x))],
}));

/** The sine of radians. Of integers as f32. */
export const sin = ofFloats("sin", ([x]) => ({
  out: sine(x, 0),
  grads: [saving([x], (dy) => binary("mul", dy, sine(x, 1)))],
}));

/** The cosine of radians. Of integers as f32. */
export const cos = ofFloats("cos", ([x]) => ({
  out: sine(x, 1),
  grads: [saving([x], (dy) => binary("mul", dy, sine(x, 2)))],
}));

import { binary, isFloat, mathGrad, type NDArray, unary } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { cast } from "./cast.ts";

const negOp = defineOp("neg", ([x]) => ({
  out: isFloat(x.dtype) ? unary("neg", x) : binary("sub", 0, x),
  grads: [saving([], (dy) => unary("neg", dy))],
}));

const expOp = defineOp("exp", ([x]) => {
  const out = unary("exp", x);
  return { out, grads: [saving([out], (dy) => binary("mul", dy, out))] };
});

const logOp = defineOp("log", ([x]) => ({
  out: unary("log", x),
  grads: [saving([x], (dy) => binary("div", dy, x))],
}));

const sqrtOp = defineOp("sqrt", ([x]) => {
  const out = unary("sqrt", x);
  return { out, grads: [saving([out], (dy) => mathGrad("sqrtFromOutput", dy, out))] };
});

const absOp = defineOp("abs", ([x]) => ({
  out: absolute(x),
  grads: [saving([x], (dy) => mathGrad("abs", dy, x))],
}));

function absolute(x: NDArray): NDArray {
  if (isFloat(x.dtype)) return unary("abs", x);
  return x.dtype === "u32" ? x.share() : binary("maximum", x, binary("sub", 0, x));
}

const squareOp = defineOp("square", ([x]) => ({
  out: binary("mul", x, x),
  grads: [saving([x], (dy) => mathGrad("square", dy, x))],
}));

function floats(name: string, input: Tensor): Tensor {
  const { dtype } = requireTensor(name, "input", input);
  return isFloat(dtype) ? input : cast(input, "f32");
}

/** −x, any dtype (u32 wraps round). */
export function neg(input: Tensor): Tensor {
  return negOp([requireTensor("neg", "input", input)], undefined);
}

/** e^x. Of integers as f32. */
export function exp(input: Tensor): Tensor {
  return expOp([floats("exp", input)], undefined);
}

/** The natural logarithm: −Infinity at 0, NaN below. Of integers as f32. */
export function log(input: Tensor): Tensor {
  return logOp([floats("log", input)], undefined);
}

/** The square root: NaN below 0; its gradient at 0 is infinite. Of integers as f32. */
export function sqrt(input: Tensor): Tensor {
  return sqrtOp([floats("sqrt", input)], undefined);
}

/** |x|, any dtype. The gradient at 0 is 0. */
export function abs(input: Tensor): Tensor {
  return absOp([requireTensor("abs", "input", input)], undefined);
}

/** x², any dtype. */
export function square(input: Tensor): Tensor {
  return squareOp([requireTensor("square", "input", input)], undefined);
}

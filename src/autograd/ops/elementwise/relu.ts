import { reluGrad, unary } from "../../../kernels/index.ts";
import { requireFloat } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

/** The gradient is taken from the output: the next layer keeps it anyway. */
const op = defineOp("relu", ([x]) => {
  const out = unary("relu", x);
  return { out, grads: [saving([out], (dy) => reluGrad(dy, out))] };
});

/** max(x, 0), any shape. The gradient at 0 is 0. */
export function relu(input: Tensor): Tensor {
  return op([requireFloat("relu", "input", input)]);
}

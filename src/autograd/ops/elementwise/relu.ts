import { unary } from "../../../kernels/index.ts";
import { requireFloat } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { throughActivation } from "../epilogue.ts";

/** The gradient is taken from the output: the next layer keeps it anyway. */
const op = defineOp(
  "relu",
  ([x]) => {
    const out = unary("relu", x);
    const passed = saving([], (dy) => dy.share());
    return { out, grads: throughActivation("relu", out, [passed]), rectifies: "relu" };
  },
  { step: () => ({ kind: "relu" }) },
);

/** max(x, 0), any shape. The gradient at 0 is 0. */
export function relu(input: Tensor): Tensor {
  return op([requireFloat("relu", "input", input)]);
}

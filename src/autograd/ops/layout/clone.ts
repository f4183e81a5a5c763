import { copy } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp("clone", ([x]) => ({
  out: copy(x),
  grads: [saving([], (dy) => dy.share())],
}));

/** The same values in memory of their own. Gradients pass through; `detach` cuts them off. */
export function clone(input: Tensor): Tensor {
  return op([requireTensor("clone", "input", input)]);
}

import { cumulativeSum, flipped } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { resolveDim } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp<number>("cumsum", ([x], dim) => ({
  out: cumulativeSum(x, dim),
  // What each entry went into: itself and all after it.
  grads: [saving([], (dy) => flipped(cumulativeSum(flipped(dy, [dim]), dim), [dim]))],
}));

/** The sums of the entries along `dim` up to each, itself included; i32 and u32 stay what they are. */
export function cumsum(input: Tensor, dim: number): Tensor {
  const { shape } = requireTensor("cumsum", "input", input);
  const along = resolveDim("cumsum", dim, shape);
  return shape.length === 0 ? input : op([input], along);
}

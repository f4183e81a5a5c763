import { flipped } from "../../../kernels/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Dims, resolveDims } from "../../dims.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp<readonly number[]>("flip", ([x], dims) => ({
  out: flipped(x, dims),
  grads: [saving([], (dy) => flipped(dy, dims))],
}));

/** The entries along one dimension, several, or (null) all in reverse order: flip(images, 3) mirrors [N, C, H, W]. */
export function flip(input: Tensor, dims: Dims): Tensor {
  const { shape } = requireTensor("flip", "input", input);
  return op([input], shape.length === 0 ? [] : resolveDims("flip", dims, shape));
}

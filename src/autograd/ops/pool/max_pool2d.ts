import { maxPool2d as forward, maxPool2dGrad } from "../../../kernels/index.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { type Pooling, type PoolOptions, resolvePooling } from "./pooling.ts";

export type MaxPool2dOptions = PoolOptions;

const op = defineOp<Pooling>(
  "maxPool2d",
  ([x], { window, outHW }, wanted) => {
    const { out, indices } = forward(x, window, outHW, wanted[0]!);
    return { out, grads: [saving([indices], (dy) => maxPool2dGrad(dy, indices, window, x.shape))] };
  },
  { step: ({ window, outHW }) => ({ kind: "maxPool2d", window, outHW }) },
);

/**
 * The maximum of each window, [N, C, H, W] → [N, C, outH, outW]. Padding never wins; NaN does.
 * The gradient goes to the first maximum of a window.
 *
 * @throws Error for another rank, a window larger than the padded input, padding as large as the window.
 */
export function maxPool2d(input: Tensor, options: MaxPool2dOptions): Tensor {
  return op([input], resolvePooling("maxPool2d", input, options, ["dilation"]));
}

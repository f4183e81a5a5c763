import { adaptiveAvgPool2dGrad, adaptiveAvgPool2d as forward } from "../../../kernels/index.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { type AdaptivePooling, type AdaptiveSize, resolveAdaptive } from "./pooling.ts";

const op = defineOp<AdaptivePooling>("adaptiveAvgPool2d", ([x], { outHW }) => ({
  out: forward(x, outHW),
  grads: [saving([], (dy) => adaptiveAvgPool2dGrad(dy, x.shape))],
}));

/**
 * The mean over as many windows as give [N, C, H, W] → [N, C, ...outputSize]; window i covers rows
 * floor(i·H / outH) to ceil((i+1)·H / outH) − 1. 1 is global pooling.
 *
 * @param outputSize a number, or [height, width] where null keeps the input's size.
 * @throws Error for another rank or size.
 */
export function adaptiveAvgPool2d(input: Tensor, outputSize: AdaptiveSize): Tensor {
  return op([input], resolveAdaptive("adaptiveAvgPool2d", input, outputSize));
}

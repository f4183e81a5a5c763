import { adaptiveMaxPool2dGrad, adaptiveMaxPool2d as forward } from "../../../kernels/index.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { type AdaptivePooling, type AdaptiveSize, resolveAdaptive } from "./pooling.ts";

const op = defineOp<AdaptivePooling>("adaptiveMaxPool2d", ([x], { outHW }) => {
  const { out, indices } = forward(x, outHW);
  return { out, grads: [saving([indices], (dy) => adaptiveMaxPool2dGrad(dy, indices, x.shape))] };
});

/**
 * The maximum over as many windows as give [N, C, H, W] → [N, C, ...outputSize]; windows as in
 * adaptiveAvgPool2d, 1 is global. NaN wins; the gradient goes to the first maximum of a window.
 *
 * @param outputSize a number, or [height, width] where null keeps the input's size.
 * @throws Error for another rank or size.
 */
export function adaptiveMaxPool2d(input: Tensor, outputSize: AdaptiveSize): Tensor {
  return op([input], resolveAdaptive("adaptiveMaxPool2d", input, outputSize));
}

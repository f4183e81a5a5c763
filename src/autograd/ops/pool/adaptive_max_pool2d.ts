import type { HW } from "../../../base/index.ts";
import { adaptiveMaxPool2dGrad, adaptiveMaxPool2d as forward } from "../../../kernels/index.ts";
import { requireFloat, requireRank } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { adaptiveSize } from "./adaptive_avg_pool2d.ts";

interface Attributes {
  readonly outHW: HW;
}

const op = defineOp<Attributes>("adaptiveMaxPool2d", ([x], { outHW }) => {
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
export function adaptiveMaxPool2d(
  input: Tensor,
  outputSize: number | readonly (number | null)[],
): Tensor {
  requireFloat("adaptiveMaxPool2d", "input", input);
  requireRank("adaptiveMaxPool2d", "input", input, 4, 4, "[N, C, H, W]");
  return op([input], { outHW: adaptiveSize("adaptiveMaxPool2d", outputSize, input) });
}

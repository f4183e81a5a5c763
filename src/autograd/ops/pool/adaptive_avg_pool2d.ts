import type { HW } from "../../../base/index.ts";
import { adaptiveAvgPool2dGrad, adaptiveAvgPool2d as forward } from "../../../kernels/index.ts";
import { requireFloat, requireRank } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Attributes {
  readonly outHW: HW;
}

const op = defineOp<Attributes>("adaptiveAvgPool2d", ([x], { outHW }) => ({
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
export function adaptiveAvgPool2d(
  input: Tensor,
  outputSize: number | readonly (number | null)[],
): Tensor {
  requireFloat("adaptiveAvgPool2d", "input", input);
  requireRank("adaptiveAvgPool2d", "input", input, 4, 4, "[N, C, H, W]");
  return op([input], { outHW: adaptiveSize("adaptiveAvgPool2d", outputSize, input) });
}

/** Reads a number or [height, width], null meaning the input's own. */
export function adaptiveSize(
  name: string,
  size: number | readonly (number | null)[],
  input: Tensor,
): HW {
  const pair = typeof size === "number" ? [size, size] : size;
  if (Array.isArray(pair) && pair.length === 2) {
    const [h, w] = pair.map((n, axis) => n ?? input.shape[2 + axis]);
    if ([h, w].every((n) => Number.isInteger(n) && n > 0)) return [h, w];
  }
  throw new Error(
    `${name}: outputSize is ${JSON.stringify(size)}; give a whole number of at least 1, or two as [height, width]`,
  );
}

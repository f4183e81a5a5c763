import {
  checkOptions,
  type HW,
  outputSize,
  resolveWindow,
  type Window,
  type WindowOptions,
} from "../../../base/index.ts";
import { avgPool2dGrad, avgPool2d as forward } from "../../../kernels/index.ts";
import { requireFloat, requireRank } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { checkPads } from "./max_pool2d.ts";

export interface AvgPool2dOptions extends Omit<WindowOptions, "dilation"> {
  /** Default: kernelSize. */
  stride?: number | readonly number[];
  /** Round the output size up: a last window may reach past the padded input. Default false. */
  ceilMode?: boolean;
  /** Divide by the positions inside the padded input rather than inside the input. Default true. */
  countIncludePad?: boolean;
}

interface Attributes {
  readonly window: Window;
  readonly outHW: HW;
  /** For exporters; outHW follows from it. */
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
}

const op = defineOp<Attributes>("avgPool2d", ([x], { window, outHW, countIncludePad }) => ({
  out: forward(x, window, outHW, countIncludePad),
  grads: [saving([], (dy) => avgPool2dGrad(dy, window, x.shape, countIncludePad))],
}));

/**
 * The mean of each window, [N, C, H, W] → [N, C, outH, outW]. What a window of ceilMode reaches
 * past the padded input never counts.
 *
 * @throws Error for another rank, a window larger than the padded input, padding as large as the window.
 */
export function avgPool2d(input: Tensor, options: AvgPool2dOptions): Tensor {
  const known = ["kernelSize", "stride", "padding", "ceilMode", "countIncludePad"];
  checkOptions("avgPool2d", options, known);
  requireFloat("avgPool2d", "input", input);
  requireRank("avgPool2d", "input", input, 4, 4, "[N, C, H, W]");
  const { kernelSize, stride = kernelSize, ceilMode = false, countIncludePad = true } = options;
  const inHW: HW = [input.shape[2], input.shape[3]];
  const window = resolveWindow("avgPool2d", inHW, { ...options, stride });
  checkPads("avgPool2d", window);
  const outHW = outputSize("avgPool2d", inHW, window, ceilMode);
  return op([input], { window, outHW, ceilMode, countIncludePad });
}

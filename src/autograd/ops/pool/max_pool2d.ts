import {
  checkOptions,
  type HW,
  outputSize,
  resolveWindow,
  type Window,
  type WindowOptions,
} from "../../../base/index.ts";
import { maxPool2d as forward, maxPool2dGrad } from "../../../kernels/index.ts";
import { requireFloat, requireRank } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface MaxPool2dOptions extends WindowOptions {
  /** Default: kernelSize. */
  stride?: number | readonly number[];
  /** Round the output size up: a last window may reach past the input. Default false. */
  ceilMode?: boolean;
}

interface Attributes {
  readonly window: Window;
  readonly outHW: HW;
  /** For exporters; outHW follows from it. */
  readonly ceilMode: boolean;
}

const op = defineOp<Attributes>("maxPool2d", ([x], { window, outHW }, wanted) => {
  const { out, indices } = forward(x, window, outHW, wanted[0]!);
  return { out, grads: [saving([indices], (dy) => maxPool2dGrad(dy, indices, window, x.shape))] };
});

/**
 * The maximum of each window, [N, C, H, W] → [N, C, outH, outW]. Padding never wins; NaN does.
 * The gradient goes to the first maximum of a window.
 *
 * @throws Error for another rank, a window larger than the padded input, padding as large as the window.
 */
export function maxPool2d(input: Tensor, options: MaxPool2dOptions): Tensor {
  const known = ["kernelSize", "stride", "padding", "dilation", "ceilMode"];
  checkOptions("maxPool2d", options, known);
  requireFloat("maxPool2d", "input", input);
  requireRank("maxPool2d", "input", input, 4, 4, "[N, C, H, W]");
  const { kernelSize, stride = kernelSize, ceilMode = false } = options;
  const inHW: HW = [input.shape[2], input.shape[3]];
  const window = resolveWindow("maxPool2d", inHW, { ...options, stride });
  checkPads("maxPool2d", window);
  return op([input], { window, outHW: outputSize("maxPool2d", inHW, window, ceilMode), ceilMode });
}

/** A window that sees padding only has no value. */
export function checkPads(name: string, { kernel, dilation, pads }: Window): void {
  const reach = kernel.map((k, axis) => dilation[axis]! * (k - 1) + 1);
  if (pads.every((pad, side) => pad < reach[side >> 1]!)) return;
  throw new Error(
    `${name}: padding [${pads.join(", ")}] (top, bottom, left, right) must be smaller than the window of ` +
      `${reach.join("×")}`,
  );
}

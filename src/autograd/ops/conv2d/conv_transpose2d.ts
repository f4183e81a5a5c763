import { checkOptions } from "../../../base/index.ts";
import {
  type ConvShape,
  type ConvTranspose2dOptions,
  channelSum,
  conv2dForward,
  conv2dWeightGradient,
  convTransposeShape,
  convTranspose2d as forward,
} from "../../../kernels/index.ts";
import { inPrecision } from "../../autocast.ts";
import { requireFloat } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { checkBias } from "../epilogue.ts";

export type { ConvTranspose2dOptions };

const op = defineOp<ConvShape>("convTranspose2d", ([x, weight, bias = null], shape) => ({
  out: forward(x, weight, bias, shape),
  grads: [
    saving([weight], (dy) => conv2dForward(dy, weight, shape)),
    saving([x], (dy) => conv2dWeightGradient(dy, x, shape)),
    saving([], (dy) => channelSum(dy)),
  ],
}));

/**
 * Two-dimensional transposed convolution: the gradient of `conv2d` with respect to its input, with what `conv2d` gives
 * as input. Each side becomes (n − 1) · stride − both paddings + dilation · (kernel − 1) + 1 + outputPadding.
 *
 * @param input [batch, channels, height, width]
 * @param weight [channels, outChannels / groups, kernelHeight, kernelWidth]
 * @param bias [outChannels], or none
 * @throws Error naming what doesn't fit: shapes, groups, an option.
 */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: ConvTranspose2dOptions = {},
): Tensor {
  const known = ["stride", "padding", "outputPadding", "dilation", "groups"];
  checkOptions("convTranspose2d", options, known);
  requireFloat("convTranspose2d", "input", input);
  requireFloat("convTranspose2d", "weight", weight);
  const shape = convTransposeShape(input.shape, weight.shape, options);
  if (bias) checkBias("convTranspose2d", bias, shape.channels);
  return inPrecision(bias ? [input, weight, bias] : [input, weight], (operands) =>
    op(operands, shape),
  );
}

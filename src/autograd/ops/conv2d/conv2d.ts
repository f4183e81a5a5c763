import { checkOptions } from "../../../base/index.ts";
import {
  type Activation,
  type Conv2dOptions as ConvOptions,
  type ConvShape,
  channelSum,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
  convShape,
} from "../../../kernels/index.ts";
import { inPrecision } from "../../autocast.ts";
import { requireFloat } from "../../checks.ts";
import { isGradEnabled } from "../../mode.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { checkBias, requireActivation, throughActivation } from "../epilogue.ts";

export interface Conv2dOptions extends ConvOptions {
  /** Applied to the result in the same launch. Default "none". */
  activation?: Activation;
}

interface Attributes {
  shape: ConvShape;
  activation: Activation;
}

const define: Definition<Attributes> = (
  [x, weight, bias = null],
  { shape, activation },
  wanted,
) => {
  const isFrozen = isGradEnabled() && !wanted.includes(true);
  const out = conv2dForward(x, weight, shape, { bias, activation, isFrozen });
  const rules = [
    saving([weight], (dy) => conv2dInputGradient(dy, weight, shape)),
    saving([x], (dy) => conv2dWeightGradient(x, dy, shape)),
    saving([], (dy) => channelSum(dy)),
  ];
  return { out, grads: throughActivation(activation, out, rules) };
};

const op = defineOp<Attributes>("conv2d", define, {
  takesFold: ({ activation }) => activation === "none",
  withRelu: (attributes) =>
    attributes.activation === "none" ? { ...attributes, activation: "relu" } : null,
});

/**
 * Two-dimensional convolution (cross-correlation, as in PyTorch).
 *
 * @param input [batch, channels, height, width]
 * @param weight [outChannels, channels / groups, kernelHeight, kernelWidth]
 * @param bias [outChannels], or none
 * @returns [batch, outChannels, outHeight, outWidth]
 * @throws Error naming what doesn't fit: shapes, groups, an option.
 */
export function conv2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: Conv2dOptions = {},
): Tensor {
  checkOptions("conv2d", options, ["stride", "padding", "dilation", "groups", "activation"]);
  const { activation: given, ...window } = options;
  const activation = requireActivation("conv2d", given);
  requireFloat("conv2d", "input", input);
  requireFloat("conv2d", "weight", weight);
  const shape = convShape(input.shape, weight.shape, window);
  if (bias) checkBias("conv2d", bias, shape.outChannels);
  return inPrecision(bias ? [input, weight, bias] : [input, weight], (operands) => {
    return op(operands, { shape, activation });
  });
}

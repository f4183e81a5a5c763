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
  maxPool2d,
  maxPool2dGrad,
  type NDArray,
} from "../../../kernels/index.ts";
import { inPrecision } from "../../autocast.ts";
import { requireFloat } from "../../checks.ts";
import type { OpResult, Pooling } from "../../definition.ts";
import { isGradEnabled } from "../../mode.ts";
import type { GradRule } from "../../node.ts";
import { type Definition, defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { after, checkBias, requireActivation, throughActivation } from "../epilogue.ts";

export interface Conv2dOptions extends ConvOptions {
  /** Applied to the result in the same launch. Default "none". */
  activation?: Activation;
}

interface Attributes {
  shape: ConvShape;
  activation: Activation;
  /** After a ReLU. */
  pooling?: Pooling;
}

const define: Definition<Attributes> = (
  [x, weight, bias = null],
  { shape, activation, pooling },
  wanted,
) => {
  const hasGraph = wanted.includes(true);
  const isFrozen = isGradEnabled() && !hasGraph;
  const out = conv2dForward(x, weight, shape, { bias, activation, isFrozen });
  const rules = [
    saving([weight], (dy, { finish }) => conv2dInputGradient(dy, weight, shape, finish)),
    saving([x], (dy) => conv2dWeightGradient(x, dy, shape)),
    saving([], (dy) => channelSum(dy)),
  ];
  if (pooling) return pooled(out, pooling, rules, hasGraph);
  return { out, grads: throughActivation(activation, out, rules), rectifies: activation };
};

/** Of what is pooled only the positions are kept: where the maximum is 0 ReLU passes no gradient. */
function pooled(
  x: NDArray,
  { window, outHW }: Pooling,
  rules: readonly GradRule[],
  hasGraph: boolean,
): OpResult {
  const { out, indices } = maxPool2d(x, window, outHW, hasGraph, true);
  const { shape } = x;
  const before = (dy: NDArray) => maxPool2dGrad(dy, indices, window, shape);
  return { out, grads: rules.map((rule) => after(rule, indices, before)) };
}

const op = defineOp<Attributes>("conv2d", define, {
  takesFold: ({ activation }) => activation === "none",
  takesStep(attributes, step) {
    const { activation, pooling } = attributes;
    if (step.kind === "relu" && activation === "none") return { ...attributes, activation: "relu" };
    const isPooled = step.kind === "maxPool2d" && activation === "relu" && !pooling;
    return isPooled ? { ...attributes, pooling: step } : null;
  },
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

import { checkOptions, shapeText } from "../../../base/index.ts";
import {
  type Activation,
  type Conv2dOptions as ConvOptions,
  type ConvShape,
  channelSum,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
  convShape,
  type NDArray,
  reluGrad,
} from "../../../kernels/index.ts";
import { inPrecision } from "../../autocast.ts";
import { requireFloat, requireWord } from "../../checks.ts";
import type { OpResult, Wanted } from "../../definition.ts";
import { isGradEnabled } from "../../mode.ts";
import type { BackwardContext, GradRule } from "../../node.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

export interface Conv2dOptions extends ConvOptions {
  /** Applied to the result in the same launch. Default "none". */
  activation?: Activation;
}

interface Attributes {
  shape: ConvShape;
  activation: Activation;
}

function define(
  inputs: readonly NDArray[],
  { shape, activation }: Attributes,
  wanted: Wanted,
): OpResult {
  const [x, weight, bias = null] = inputs;
  const isFrozen = isGradEnabled() && !wanted.includes(true);
  const out = conv2dForward(x, weight, shape, { bias, activation, isFrozen });
  /** The gradient before the activation; computed once for all inputs. */
  const masked = (dy: NDArray, context: BackwardContext): NDArray =>
    activation === "none" ? dy : context.once(() => [reluGrad(dy, out)] as const)[0];
  const rule = (needs: NDArray[], grad: (dy: NDArray) => NDArray): GradRule =>
    saving(activation === "relu" ? [...needs, out] : needs, (dy, context) =>
      grad(masked(dy, context)),
    );
  return {
    out,
    grads: [
      rule([weight], (dy) => conv2dInputGradient(dy, weight, shape)),
      rule([x], (dy) => conv2dWeightGradient(x, dy, shape)),
      rule([], (dy) => channelSum(dy)),
    ],
  };
}

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
  const { activation: wanted = "none", ...window } = options;
  const activation = requireWord("conv2d", "activation", wanted, ["none", "relu"]);
  requireFloat("conv2d", "input", input);
  requireFloat("conv2d", "weight", weight);
  const shape = convShape(input.shape, weight.shape, window);
  if (bias) checkBias(bias, shape);
  return inPrecision(bias ? [input, weight, bias] : [input, weight], (operands) => {
    return op(operands, { shape, activation });
  });
}

function checkBias(bias: Tensor, shape: ConvShape): void {
  requireFloat("conv2d", "bias", bias);
  if (bias.ndim !== 1 || bias.shape[0] !== shape.outChannels) {
    throw new Error(
      `conv2d: bias has shape ${shapeText(bias.shape)}; [${shape.outChannels}] is expected`,
    );
  }
}

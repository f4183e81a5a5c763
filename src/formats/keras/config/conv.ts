import { type HW, type Sides, stridesOf } from "../../../base/index.ts";
import { permuted, reordered } from "../../elements/tensors.ts";
import type { LayerWeights, Value } from "../../graph/builder.ts";
import type { OpAttrs } from "../../graph/network_graph.ts";
import type { WeightTensor } from "../../types.ts";
import { activated } from "./activations.ts";
import {
  expectRank,
  type KerasContext,
  kernelTensors,
  type LayerRule,
  type LayerUse,
  withWeights,
} from "./context.ts";

/** Conv2D, with groups as Keras has them since 2.3. */
export const conv2d: LayerRule = (use, context) => {
  const { fields } = use;
  const groups = fields.count(1, "groups");
  const value = withWeights(use, context, (earlier) => {
    const { kernel: stored, bias } = kernelTensors(use, context, "kernel");
    expectRank(use, context, stored, 4);
    const kernel = inHwio(stored, use);
    const [height, width, inputs, outChannels] = kernel.shape;
    const kernelSize: HW = [height, width];
    const shape = { kernelSize, inChannels: inputs * groups, outChannels, groups };
    const weights = earlier ?? { weight: hwioToOihw(unflipped(kernel, context)), bias };
    return addConv(use, context, use.name, use.inputs[0], shape, weights);
  });
  return activated(use, context, value);
};

/** DepthwiseConv2D: every channel by itself, giving `depth_multiplier` channels each. */
export const depthwiseConv2d: LayerRule = (use, context) => {
  const value = withWeights(use, context, (earlier) => {
    const { depthwise, bias } = kernelTensors(use, context, "depthwise");
    expectRank(use, context, depthwise, 4);
    const weights = earlier ?? depthwiseWeights(depthwise, bias, context);
    const shape = depthwiseShape(depthwise);
    return addConv(use, context, use.name, use.inputs[0], shape, weights);
  });
  return activated(use, context, value);
};

/** SeparableConv2D: a depthwise convolution and then a pointwise one, as two nodes. */
export const separableConv2d: LayerRule = (use, context) => {
  const { depthwise, pointwise, bias } = kernelTensors(use, context, "depthwise", "pointwise");
  expectRank(use, context, depthwise, 4);
  expectRank(use, context, pointwise, 4);
  const inner = withWeights(
    use,
    context,
    (earlier) => {
      const weights = earlier ?? depthwiseWeights(depthwise, undefined, context);
      const name = `${use.name}_depthwise`;
      return addConv(use, context, name, use.inputs[0], depthwiseShape(depthwise), weights);
    },
    "depthwise",
  );
  const value = withWeights(
    use,
    context,
    (earlier) => {
      const weights = earlier ?? { weight: hwioToOihw(pointwise), bias };
      const [, , inChannels, outChannels] = pointwise.shape;
      const attrs = { ...POINTWISE, inChannels, outChannels };
      return context.builder.add("conv2d", `${use.name}_pointwise`, [inner], attrs, weights);
    },
    "pointwise",
  );
  return activated(use, context, value);
};

const NO_PADDING: Sides = [0, 0, 0, 0];
const ONE: HW = [1, 1];
/** The window of a 1×1 convolution. */
export const POINTWISE = {
  kernelSize: ONE,
  stride: ONE,
  padding: NO_PADDING,
  dilation: ONE,
  groups: 1,
} as const;

type ConvShape = Pick<OpAttrs["conv2d"], "kernelSize" | "inChannels" | "outChannels" | "groups">;

function addConv(
  use: LayerUse,
  { builder }: KerasContext,
  name: string,
  input: Value,
  shape: ConvShape,
  weights: LayerWeights,
): Value {
  const { fields } = use;
  const stride = fields.pair(ONE, "strides", "subsample");
  const dilation = fields.pair(ONE, "dilation_rate", "atrous_rate");
  const isCausal = use.isSignal && fields.value("padding") === "causal";
  const causal: Sides = [0, 0, dilation[1] * (shape.kernelSize[1] - 1), 0];
  const padding = isCausal ? causal : paddingOf(use);
  return builder.add("conv2d", name, [input], { ...shape, stride, dilation, padding }, weights);
}

/** "same" or "valid", for convolutions and pools. */
export function paddingOf({ fields }: LayerUse): "same" | Sides {
  const padding = fields.text("valid", "padding", "border_mode");
  if (padding === "same") return "same";
  if (padding === "valid") return NO_PADDING;
  throw fields.wrong("padding", padding);
}

/** Keras multiplies channel by channel: [h, w, in, multiplier], outputs of one input side by side. */
function depthwiseShape({ shape: [height, width, channels, multiplier] }: WeightTensor) {
  const kernelSize: HW = [height, width];
  return { kernelSize, inChannels: channels, outChannels: channels * multiplier, groups: channels };
}

function depthwiseWeights(
  kernel: WeightTensor,
  bias: WeightTensor | undefined,
  context: KerasContext,
): LayerWeights {
  return { weight: depthwiseToOihw(unflipped(kernel, context)), bias };
}

/** Keras 1 kept kernels as [out, in, h, w] where images were channels first ("th"). */
function inHwio(kernel: WeightTensor, { fields }: LayerUse): WeightTensor {
  return fields.value("dim_ordering") === "th" ? permuted(kernel, [2, 3, 1, 0]) : kernel;
}

/** [h, w, in, out] → [out, in, h, w]. */
export function hwioToOihw(kernel: WeightTensor): WeightTensor {
  return permuted(kernel, [3, 2, 0, 1]);
}

/** [h, w, channels, multiplier] → [channels · multiplier, 1, h, w]. */
export function depthwiseToOihw(kernel: WeightTensor): WeightTensor {
  const [height, width, channels, multiplier] = kernel.shape;
  const turned = permuted(kernel, [2, 3, 0, 1]);
  return { ...turned, shape: [channels * multiplier, 1, height, width] };
}

/** Theano convolves with the kernel turned by half a turn, and its files hold it that way. */
function unflipped(kernel: WeightTensor, { weights }: KerasContext): WeightTensor {
  if (weights.kernels !== "flipped") return kernel;
  const { shape } = kernel;
  const [row, column, ...rest] = stridesOf(shape);
  const strides = [-row, -column, ...rest];
  const offset = (shape[0] - 1) * row + (shape[1] - 1) * column;
  return reordered(kernel, shape, { offset, strides });
}

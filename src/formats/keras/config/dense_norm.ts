import type { LayerWeights, Value } from "../../graph/builder.ts";
import { denseWeight } from "../../graph/flat_order.ts";
import type { WeightTensor } from "../../types.ts";
import type { KerasRole } from "../weights.ts";
import { activated } from "./activations.ts";
import {
  expectRank,
  type KerasContext,
  kernelTensors,
  type LayerRule,
  type LayerUse,
  layerTensors,
  sidesInFile,
  unsupported,
  withWeights,
} from "./context.ts";
import { POINTWISE } from "./conv.ts";

/** Dense; on a map it works on every position alike and is a 1×1 convolution. */
export const dense: LayerRule = (use, context) => {
  const { kernel, bias } = kernelTensors(use, context, "kernel");
  expectRank(use, context, kernel, 2);
  const [input] = use.inputs;
  const value = withWeights(use, context, (earlier) => {
    if (input.shape?.length === 3) return denseOnMap(use, context, kernel, earlier ?? { bias });
    if (!earlier) return context.builder.linear(use.name, input, { tensor: kernel }, bias);
    const [inFeatures, outFeatures] = kernel.shape;
    return context.builder.add("linear", use.name, [input], { inFeatures, outFeatures }, earlier);
  });
  return activated(use, context, value);
};

function denseOnMap(
  use: LayerUse,
  context: KerasContext,
  kernel: WeightTensor,
  weights: LayerWeights,
): Value {
  if (context.layout === "NCHW") {
    return unsupported(use, context, "on a channels-first map it would work along the rows");
  }
  const [inChannels, outChannels] = kernel.shape;
  const weight = { ...denseWeight(kernel), shape: [outChannels, inChannels, 1, 1] };
  const attrs = { ...POINTWISE, inChannels, outChannels };
  return context.builder.add("conv2d", use.name, use.inputs, attrs, { weight, ...weights });
}

/**
 * BatchNormalization. Where Keras leaves out gamma or beta, ones or zeros take their place: PyTorch's layers have
 * both or neither.
 */
export const batchNorm: LayerRule = (use, context) => {
  const { fields } = use;
  if (!isChannelAxis(fields.value("axis") ?? -1, use, context)) {
    const why = "it normalises along another axis than the channels";
    return unsupported(use, context, why);
  }
  const roles: KerasRole[] = ["mean", "variance"];
  if (fields.flag(true, "center")) roles.unshift("beta");
  if (fields.flag(true, "scale")) roles.unshift("gamma");
  return withWeights(use, context, (earlier) => {
    const tensors = layerTensors(use, context, roles);
    const { mean, variance, gamma = filled(mean, 1), beta = filled(mean, 0) } = tensors;
    for (const tensor of [mean, variance, gamma, beta]) expectRank(use, context, tensor, 1);
    const weights = { weight: gamma, bias: beta, running_mean: mean, running_var: variance };
    const attrs = {
      numFeatures: mean.shape[0],
      eps: fields.number(1e-3, "epsilon"),
      momentum: 1 - fields.number(0.99, "momentum"),
    };
    return context.builder.add("batchNorm", use.name, use.inputs, attrs, earlier ?? weights);
  });
};

/** A vector of one number, as long as another. */
export function filled(like: WeightTensor, value: number): WeightTensor {
  const length = like.shape[0];
  return {
    name: value === 1 ? "ones in place of gamma" : "zeros in place of beta",
    shape: [length],
    dtype: "f32",
    data() {
      // Only a tensor that is really there tells the length: a damaged file may claim any.
      like.data();
      return new Float32Array(length).fill(value);
    },
  };
}

/** Whether a layer's `axis` is that of the channels or features. It may come as a list of one. */
export function isChannelAxis(axis: unknown, use: LayerUse, context: KerasContext): boolean {
  const one = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  const rank = use.inputs[0] && sidesInFile(use.inputs[0], context);
  if (rank === undefined) return true;
  if (context.layout === "NHWC" || rank === 1) return one === -1 || one === rank;
  return one === 1 || one === -rank;
}

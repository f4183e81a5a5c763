import { ACTIVATIONS, type PlainActivation, unnamedActivations } from "../../graph/activations.ts";
import type { Compound } from "../../graph/decompose.ts";
import type { GraphNode, NodeOf, OpName } from "../../graph/network_graph.ts";
import { GIVEN, type SourceTensor } from "../../graph/writing.ts";
import { lacking, ONLY_CHANNELS } from "./lacking.ts";
import { batchNorm, groupNorm, layerNorm } from "./norms.ts";
import { batchShape, type PlannedValue } from "./plan.ts";
import type { Planned, Planner } from "./planner.ts";
import * as rearranging from "./rearranging.ts";
import { constant, convKernel, denseKernel, depthwiseKernel, vector } from "./weights.ts";
import { convPadding, type KerasPadding, poolPadding } from "./windows.ts";

type Rule<K extends OpName> = (
  node: NodeOf<K>,
  inputs: readonly PlannedValue[],
  planner: Planner,
) => Planned;

/** Plans the layers of one node. */
export function planNode(
  node: GraphNode,
  inputs: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const own = RULES[node.op] as Rule<OpName> | undefined;
  if (own) return own(node, inputs, planner);
  const { keras } = ACTIVATIONS[node.op as PlainActivation];
  if (keras === undefined) return { why: `Keras has no layer for ${node.op}` };
  return activation(keras)(node, inputs, planner);
}

/** A layer without weights whose configuration depends on the node alone. */
function plain<K extends OpName>(
  className: string,
  config: (node: NodeOf<K>) => Readonly<Record<string, unknown>> = () => ({}),
): Rule<K> {
  return (node, inputs, planner) => {
    // TF.js frees a value too early that one layer takes twice.
    const layers = inputs.map(({ layer }, i) =>
      inputs.findIndex((other) => other.layer === layer) < i
        ? planner.add(`${node.name}_again`, "Activation", { activation: "linear" }, [layer])
        : layer,
    );
    return { layer: planner.add(node.name, className, config(node), layers) };
  };
}

function activation<K extends OpName>(name: string): Rule<K> {
  return plain("Activation", () => ({ activation: name }));
}

/** The rules of all ops but the activations that Keras has under a name, or not at all. */
type Rules = { readonly [K in Exclude<OpName, PlainActivation>]: Rule<K> } & {
  readonly [K in PlainActivation]?: Rule<K>;
};

const RULES: Rules = {
  input: (node, _, planner) => {
    const config = {
      batch_input_shape: batchShape(planner.shapeOf(node)),
      sparse: false,
      ragged: false,
    };
    return { layer: planner.add(node.name, "InputLayer", config, []) };
  },
  conv2d,
  convTranspose2d: rearranging.convTranspose2d,
  linear: (node, [input], planner) => {
    if (input.shape.length !== 1) return { why: ONLY_CHANNELS };
    const { outFeatures } = node.attrs;
    const bias = planner.weight(node, "bias");
    const config = { units: outFeatures, activation: "linear", use_bias: bias !== undefined };
    const kernel = denseKernel(planner.required(node, "weight"), input.order);
    return {
      layer: planner.add(node.name, "Dense", config, [input.layer], [kernel, ...biases(bias)]),
    };
  },
  batchNorm,
  layerNorm,
  groupNorm,
  rmsNorm: () => ({ why: "Keras has it since version 3.9 only" }),
  localResponseNorm: () => ({ why: "Keras has no such layer" }),
  maxPool2d: pool,
  avgPool2d: pool,
  globalAvgPool: globalPool("GlobalAveragePooling2D"),
  globalMaxPool: globalPool("GlobalMaxPooling2D"),
  relu6: plain("ReLU", () => ({ max_value: 6 })),
  leakyRelu: plain("LeakyReLU", ({ attrs }) => ({ alpha: attrs.negativeSlope })),
  elu: plain("ELU", ({ attrs }) => ({ alpha: attrs.alpha })),
  prelu: (node, [input], planner) => {
    const { numParameters } = node.attrs;
    const rank = input.shape.length;
    const slopes = vector(
      "alpha",
      planner.required(node, "weight"),
      numParameters === 1 ? undefined : input.order,
    );
    const shared = numParameters === 1 ? rank : rank - 1;
    const alpha = { ...slopes, shape: [...new Array<number>(rank - 1).fill(1), numParameters] };
    const config = { shared_axes: Array.from({ length: shared }, (_, axis) => axis + 1) };
    return { layer: planner.add(node.name, "PReLU", config, [input.layer], [alpha]) };
  },
  gelu: activation("gelu"),
  softmax: (node, inputs, planner) => {
    if (node.attrs.dim) return { why: ONLY_CHANNELS };
    return activation("softmax")(node, inputs, planner);
  },
  logSoftmax: () => ({ why: "Keras has no layer for the logarithm of softmax" }),
  clamp: plain("ReLU", ({ attrs: { max } }) => ({ max_value: max < 3e38 ? max : null })),
  dropout: plain("Dropout", ({ attrs }) => ({ rate: attrs.p })),
  flatten: (node, [input], planner) => {
    const layer = planner.turnsMaps ? channelsFirst(node.name, input, planner) : input.layer;
    return { layer: planner.add(node.name, "Flatten", {}, [layer]) };
  },
  reshape,
  resize: rearranging.resize,
  depthToSpace: rearranging.depthToSpace,
  spaceToDepth: rearranging.spaceToDepth,
  channelShuffle: rearranging.channelShuffle,
  narrow: rearranging.narrow,
  add: plain("Add"),
  mul: plain("Multiply"),
  concat: (node, inputs, planner) => {
    if (node.attrs.dim) return { why: ONLY_CHANNELS };
    return plain("Concatenate", () => ({ axis: -1 }))(node, inputs, planner);
  },
  ...lacking,
  pad: (node, [input], planner) => {
    const { padding, mode, value } = node.attrs;
    if (mode !== "constant" || value !== 0) return { why: "Keras pads with zeros only" };
    return { layer: zeroPadding(node.name, input.layer, padding, planner) };
  },
  rescale,
  given: () => ({ why: GIVEN }),
};

/** What some version of Keras has no layer for and other ops express. */
export const LACKING: readonly Compound[] = [
  "gelu",
  "clamp",
  ...unnamedActivations("keras", RULES),
];

function biases(bias: SourceTensor | undefined) {
  return bias ? [vector("bias", bias)] : [];
}

function zeroPadding(
  name: string,
  layer: string,
  [top, bottom, left, right]: readonly number[],
  planner: Planner,
): string {
  const padding = [
    [top, bottom],
    [left, right],
  ];
  return planner.add(name, "ZeroPadding2D", { padding }, [layer]);
}

/** The layer to take instead, with the zeros around it that Keras doesn't add by itself. */
function padded(name: string, layer: string, { zeros }: KerasPadding, planner: Planner): string {
  return zeros ? zeroPadding(`${name}_pad`, layer, zeros, planner) : layer;
}

function conv2d(
  node: NodeOf<"conv2d">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { attrs } = node;
  const { groups, inChannels, outChannels, stride, dilation } = attrs;
  const isDilated = dilation.some((n) => n > 1);
  if (isDilated && stride.some((n) => n > 1))
    return { why: "Keras has no dilation together with a stride" };
  const isDepthwise = groups > 1 && groups === inChannels;
  if (isDepthwise && (stride[0] !== stride[1] || dilation[0] !== dilation[1])) {
    return { why: "Keras's depthwise convolution has one stride and dilation for both directions" };
  }
  if (groups > 1 && !isDepthwise && !planner.options.hasGroups) {
    return { why: `TensorFlow.js has no convolution in ${groups} groups` };
  }
  const padding = convPadding(attrs, input.shape);
  const weight = planner.required(node, "weight");
  const bias = planner.weight(node, "bias");
  const config = {
    kernel_size: attrs.kernelSize,
    strides: stride,
    padding: padding.padding,
    data_format: "channels_last",
    dilation_rate: dilation,
    activation: "linear",
    use_bias: bias !== undefined,
    ...(isDepthwise ? { depth_multiplier: outChannels / inChannels } : { filters: outChannels }),
    ...(groups > 1 && !isDepthwise ? { groups } : {}),
  };
  const kernel = isDepthwise ? depthwiseKernel(weight, inChannels) : convKernel(weight);
  const from = padded(node.name, input.layer, padding, planner);
  const className = isDepthwise ? "DepthwiseConv2D" : "Conv2D";
  return { layer: planner.add(node.name, className, config, [from], [kernel, ...biases(bias)]) };
}

function pool(
  node: NodeOf<"maxPool2d"> | NodeOf<"avgPool2d">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { attrs } = node;
  if ("dilation" in attrs && attrs.dilation.some((n) => n > 1)) {
    return { why: "Keras has no dilated pooling" };
  }
  const padding = poolPadding(attrs, input.shape, input.isPositive);
  if (!padding) return { why: "Keras has no such padding for a pool" };
  const from = padded(node.name, input.layer, padding, planner);
  const className = node.op === "maxPool2d" ? "MaxPooling2D" : "AveragePooling2D";
  const config = {
    pool_size: attrs.kernelSize,
    strides: attrs.stride,
    padding: padding.padding,
    data_format: "channels_last",
  };
  return { layer: planner.add(node.name, className, config, [from]) };
}

function globalPool(className: string): Rule<"globalAvgPool" | "globalMaxPool"> {
  return (node, [input], planner) => {
    const config = { data_format: "channels_last" };
    const name = node.attrs.keepDims ? `${node.name}_pool` : node.name;
    const pooled = planner.add(name, className, config, [input.layer]);
    if (!node.attrs.keepDims) return { layer: pooled };
    const target = { target_shape: [1, 1, input.shape[0]] };
    return { layer: planner.add(node.name, "Reshape", target, [pooled]) };
  };
}

function channelsFirst(name: string, { layer, shape }: PlannedValue, planner: Planner): string {
  if (shape.length !== 3) return layer;
  return planner.add(`${name}_channels_first`, "Permute", { dims: [3, 1, 2] }, [layer]);
}

/** To a shape of ours: through channels first, unless the order is the same either way. */
function reshape(
  node: NodeOf<"reshape">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { shape } = node.attrs;
  const isColumn = (s: readonly (number | null)[]) => s.length < 3 || (s[1] === 1 && s[2] === 1);
  if (isColumn(shape) && isColumn(input.shape)) {
    const target = shape.length === 3 ? [1, 1, shape[0]] : shape;
    return { layer: planner.add(node.name, "Reshape", { target_shape: target }, [input.layer]) };
  }
  const from = channelsFirst(node.name, input, planner);
  const name = shape.length === 3 ? `${node.name}_shape` : node.name;
  const turned = planner.add(name, "Reshape", { target_shape: shape }, [from]);
  if (shape.length !== 3) return { layer: turned };
  return { layer: planner.add(node.name, "Permute", { dims: [2, 3, 1] }, [turned]) };
}

/** One factor for all is a layer of its own; one for each channel goes into a batch norm, which TF.js has as well. */
function rescale(
  node: NodeOf<"rescale">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { scale, offset } = node.attrs;
  if (scale.length === 1 && offset.length === 1) {
    const config = { scale: scale[0], offset: offset[0] };
    return { layer: planner.add(node.name, "Rescaling", config, [input.layer]) };
  }
  const channels = Math.max(scale.length, offset.length);
  const each = (values: readonly number[]) =>
    Array.from({ length: channels }, (_, c) => values[c] ?? values[0]);
  const epsilon = 1e-3;
  const config = {
    axis: [input.shape.length],
    momentum: 0.99,
    epsilon,
    center: true,
    scale: true,
    trainable: false,
  };
  const weights = [
    constant("gamma", each(scale)),
    constant("beta", each(offset)),
    constant("moving_mean", each([0])),
    constant("moving_variance", each([1 - epsilon])),
  ];
  return { layer: planner.add(node.name, "BatchNormalization", config, [input.layer], weights) };
}

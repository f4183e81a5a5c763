import type { HW, Sides } from "../../../base/index.ts";
import { activationsByName } from "../../graph/activations.ts";
import {
  constantInput,
  listInput,
  NO_VALUE,
  NO_WEIGHTS,
  unsupported,
  valueInput,
} from "../../graph/nodes/context.ts";
import { type Apply, elu, leakyRelu, plain } from "../../graph/nodes/elementwise.ts";
import { addBatchNorm, addDense, addLayer, addPool, prelu } from "../../graph/nodes/layers.ts";
import { addLocalResponseNorm } from "../../graph/nodes/norms.ts";
import { addPad } from "../../graph/nodes/padding.ts";
import type { Operand } from "../../graph/operands.ts";
import { depthwiseToOihw, hwioToOihw } from "../../keras/config/conv.ts";
import type { WeightTensor } from "../../types.ts";
import type { TfCall, TfContext, TfRule } from "./nodes.ts";

/** Conv2D, and _FusedConv2D with a bias and an activation: kernels are [h, w, in, out]. */
export const conv2d: TfRule = (call, context) => {
  const kernel = constantInput(call, 1);
  if (kernel?.shape.length !== 4) return unsupported(call, context, NO_WEIGHTS);
  const [, , perGroup, outChannels] = kernel.shape;
  const channels = valueInput(call)?.value.shape?.[0] ?? perGroup;
  const groups = Math.max(1, Math.floor(channels / perGroup));
  const shape = { inChannels: perGroup * groups, outChannels, groups };
  return convolution(call, context, kernel, hwioToOihw(kernel), shape);
};

/** DepthwiseConv2dNative, and its fused form: kernels are [h, w, channels, multiplier]. */
export const depthwiseConv2d: TfRule = (call, context) => {
  const kernel = constantInput(call, 1);
  if (kernel?.shape.length !== 4) return unsupported(call, context, NO_WEIGHTS);
  const [, , inChannels, multiplier] = kernel.shape;
  const shape = { inChannels, outChannels: inChannels * multiplier, groups: inChannels };
  return convolution(call, context, kernel, depthwiseToOihw(kernel), shape);
};

function convolution(
  call: TfCall,
  context: TfContext,
  kernel: WeightTensor,
  weight: WeightTensor,
  shape: { readonly inChannels: number; readonly outChannels: number; readonly groups: number },
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const stride = sidesOf(call, "strides");
  const dilation = sidesOf(call, "dilations");
  const padding = paddingOf(call);
  if (!stride || !dilation || !padding) {
    const why = "its strides, dilations or padding aren't of a map with channels last";
    return unsupported(call, context, why);
  }
  const kernelSize: HW = [kernel.shape[0], kernel.shape[1]];
  const attrs = { ...shape, kernelSize, stride, dilation, padding };
  return fused(call, context, shape.outChannels, (own) =>
    addLayer(call, context, input, {
      kernel,
      outputs: shape.outChannels,
      axis: -1,
      bias: own,
      make: (name, bias, earlier) =>
        context.builder.add("conv2d", name, [input.value], attrs, earlier ?? { weight, bias }),
    }),
  );
}

/** MatMul, and _FusedMatMul with a bias and an activation: weights are [in, out] unless transposed. */
export const matMul: TfRule = (call, context) => {
  const kernel = constantInput(call, 1);
  if (!kernel) return unsupported(call, context, NO_WEIGHTS);
  if (call.node.attributes.flag("transpose_a")) {
    return unsupported(call, context, "its input is transposed");
  }
  const isOutIn = ["transpose_b", "adj_y"].some((name) => call.node.attributes.flag(name));
  return fused(call, context, kernel.shape[isOutIn ? 0 : 1], (bias) =>
    addDense(call, context, kernel, { isOutIn, bias }),
  );
};

/** The activations of TensorFlow but LeakyRelu, whose slope is called otherwise in a fused layer. */
export const ACTIVATIONS: ReadonlyMap<string, Apply> = new Map([
  ...[...activationsByName(({ tensorflow }) => [tensorflow])].map(
    ([operation, op]): [string, Apply] => [operation, plain(op)],
  ),
  ["Elu", elu],
]);

/** Those that a fused layer may carry. */
const FUSED: ReadonlyMap<string, Apply> = new Map([
  ...ACTIVATIONS,
  ["LeakyRelu", leakyRelu(0.2, "leakyrelu_alpha")],
  ["Prelu", prelu(-1)],
]);

/** Adds a layer with the bias and the activation, a node of its own, that are fused into it. */
function fused(
  call: TfCall,
  context: TfContext,
  outputs: number,
  add: (bias: WeightTensor | null | undefined) => Operand,
): Operand {
  const ops = call.node.attributes.texts("fused_ops");
  const hasBias = ops[0] === "BiasAdd";
  const bias = hasBias ? constantInput(call, 2) : undefined;
  if (hasBias && bias?.shape.join() !== String(outputs)) {
    return unsupported(call, context, NO_WEIGHTS);
  }
  // What follows a fused activation is no bias.
  const result = add(ops.length > 0 ? (bias ?? null) : undefined);
  const [activation] = hasBias ? ops.slice(1) : ops;
  if (!activation || result.kind !== "value") return result;
  const apply = FUSED.get(activation);
  const name = `${call.node.name}_${activation.toLowerCase()}`;
  const value =
    apply?.(call, context, result.value, name) ??
    `the fused operation "${activation}" isn't supported`;
  if (typeof value === "string") return unsupported(call, context, value);
  return { ...result, value };
}

/** Height and width of an attribute [1, h, w, 1]. */
export function sidesOf({ node }: TfCall, attribute: string): HW | undefined {
  const values = node.attributes.integers(attribute) ?? [];
  if (values.length === 0) return [1, 1];
  const [batch, height, width, channels] = values;
  const isPlain = values.length === 4 && batch === 1 && channels === 1;
  const isLast = node.attributes.text("data_format", "NHWC") === "NHWC";
  const areCounts = [height, width].every((side) => Number.isSafeInteger(side) && side > 0);
  return isPlain && isLast && areCounts ? [height, width] : undefined;
}

export function paddingOf({ node }: TfCall): "same" | Sides | undefined {
  const padding = node.attributes.text("padding", "VALID");
  if (padding === "SAME") return "same";
  if (padding === "VALID") return [0, 0, 0, 0];
  if (padding !== "EXPLICIT") return undefined;
  return sidesOfMap(node.attributes.integers("explicit_paddings"));
}

/** Of the beginnings and ends of all four axes those of the map; undefined where others are padded, or one is cut. */
function sidesOfMap(all: readonly number[] | undefined): Sides | undefined {
  const pads = padsOf(all);
  return pads?.channels.every((count) => count === 0) ? pads.padding : undefined;
}

/** Of the beginnings and ends of all four axes those of the map and of its channels. */
function padsOf(all: readonly number[] | undefined) {
  if (all?.length !== 8 || !all.every((side) => Number.isSafeInteger(side) && side >= 0)) {
    return undefined;
  }
  const [before, after, top, bottom, left, right, ...channels] = all;
  if (before !== 0 || after !== 0) return undefined;
  const padding: Sides = [top, bottom, left, right];
  return { padding, channels: [channels[0], channels[1]] as const };
}

/** FusedBatchNorm of all versions. */
export const batchNorm: TfRule = (call, context) => {
  const eps = call.node.attributes.number("epsilon", 1e-4);
  return addBatchNorm(call, context, { eps, momentum: 0.1 });
};

/** LRN: its alpha is for each value of a window, PyTorch's for their mean. */
export const lrn: TfRule = (call, context) => {
  const { name, attributes } = call.node;
  const input = valueInput(call);
  if (input?.value.shape?.length !== 3) return unsupported(call, context, "its input is no map");
  const size = 2 * attributes.number("depth_radius", 5) + 1;
  const alpha = size * attributes.number("alpha", 1);
  const [beta, k] = [attributes.number("beta", 0.5), attributes.number("bias", 1)];
  return addLocalResponseNorm(context, name, input, { size, alpha, beta, k });
};

/** MaxPool and AvgPool; the padding never counts. */
export const pool =
  (op: "maxPool2d" | "avgPool2d"): TfRule =>
  (call, context) => {
    const input = valueInput(call);
    const kernelSize = sidesOf(call, "ksize");
    const stride = sidesOf(call, "strides");
    const padding = paddingOf(call);
    if (!input) return unsupported(call, context, NO_VALUE);
    if (!kernelSize || !stride || !padding) {
      return unsupported(call, context, "its window isn't that of a map with channels last");
    }
    const window = { kernelSize, stride, padding, dilation: [1, 1], ceilMode: false } as const;
    return addPool(call, context, op, input, window, false);
  };

/** Pad, PadV2 and MirrorPad, of a map. */
export const pad: TfRule = (call, context) => {
  const input = valueInput(call);
  if (input?.value.shape?.length !== 3) return unsupported(call, context, "its input is no map");
  const isMirrored = call.node.op === "MirrorPad";
  const pads = padsOf(listInput(call, 1));
  if (!pads || (isMirrored && call.node.attributes.text("mode", "") !== "REFLECT")) {
    const why = "only maps can be padded, with a constant or mirrored";
    return unsupported(call, context, why);
  }
  const value = isMirrored ? 0 : (listInput(call, 2)?.[0] ?? 0);
  const mode = isMirrored ? "reflect" : "constant";
  return addPad(call, context, input, { ...pads, mode, value });
};

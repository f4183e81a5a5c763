import type { HW, Sides } from "../../../base/index.ts";
import type { LayerWeights, Value } from "../../graph/builder.ts";
import type { OpAttrs } from "../../graph/network_graph.ts";
import { type Operand, valueOperand } from "../../graph/operands.ts";
import { depthwiseToOihw, hwioToOihw } from "../../keras/config/conv.ts";
import type { WeightTensor } from "../../types.ts";
import {
  constantInput,
  LAYOUT,
  listInput,
  mapped,
  NO_VALUE,
  NO_WEIGHTS,
  type TfCall,
  type TfContext,
  type TfRule,
  unsupported,
  valueInput,
} from "./context.ts";
import { activated } from "./elementwise.ts";

/** Conv2D, and _FusedConv2D with a bias and an activation: kernels are [h, w, in, out]. */
export const conv2d: TfRule = (call, context) => {
  const kernel = constantInput(call, 1);
  if (kernel?.shape.length !== 4) return unsupported(call, context, NO_WEIGHTS);
  const [height, width, perGroup, outChannels] = kernel.shape;
  const channels = valueInput(call)?.value.shape?.[0] ?? perGroup;
  const groups = Math.max(1, Math.floor(channels / perGroup));
  const shape = {
    inChannels: perGroup * groups,
    outChannels,
    groups,
    kernelSize: [height, width] as const,
  };
  return convolution(call, context, kernel, hwioToOihw(kernel), shape);
};

/** DepthwiseConv2dNative, and its fused form: kernels are [h, w, channels, multiplier]. */
export const depthwiseConv2d: TfRule = (call, context) => {
  const kernel = constantInput(call, 1);
  if (kernel?.shape.length !== 4) return unsupported(call, context, NO_WEIGHTS);
  const [height, width, channels, multiplier] = kernel.shape;
  const shape = {
    inChannels: channels,
    outChannels: channels * multiplier,
    groups: channels,
    kernelSize: [height, width] as const,
  };
  return convolution(call, context, kernel, depthwiseToOihw(kernel), shape);
};

type ConvShape = Pick<OpAttrs["conv2d"], "inChannels" | "outChannels" | "groups" | "kernelSize">;

function convolution(
  call: TfCall,
  context: TfContext,
  kernel: WeightTensor,
  weight: WeightTensor,
  shape: ConvShape,
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  const stride = sidesOf(call, "strides");
  const dilation = sidesOf(call, "dilations");
  const padding = paddingOf(call);
  if (!stride || !dilation || !padding) {
    return unsupported(
      call,
      context,
      "its strides, dilations or padding aren't of a map with channels last",
    );
  }
  const attrs = { ...shape, stride, dilation, padding };
  return withBias(call, context, kernel, shape.outChannels, (name, bias, earlier) =>
    context.builder.add("conv2d", name, [input.value], attrs, earlier ?? { weight, bias }),
  );
}

/** MatMul, and _FusedMatMul with a bias and an activation: weights are [in, out] unless transposed. */
export const matMul: TfRule = (call, context) => {
  const input = valueInput(call);
  const tensor = constantInput(call, 1);
  if (!input) return unsupported(call, context, NO_VALUE);
  if (tensor?.shape.length !== 2) return unsupported(call, context, NO_WEIGHTS);
  if (call.node.attributes.flag("transpose_a") || (input.value.shape?.length ?? 1) !== 1) {
    return unsupported(call, context, "it works on a map or a transposed vector");
  }
  const isOutIn = call.node.attributes.flag("transpose_b");
  const [inFeatures, outFeatures] = isOutIn ? [...tensor.shape].reverse() : tensor.shape;
  return withBias(call, context, tensor, outFeatures, (name, bias, earlier) => {
    const { builder } = context;
    if (!earlier) return builder.linear(name, input.value, { tensor, isOutIn }, bias);
    return builder.add("linear", name, [input.value], { inFeatures, outFeatures }, earlier);
  });
};

type MakeLayer = (
  name: string,
  bias: WeightTensor | undefined,
  earlier: LayerWeights | undefined,
) => Value;

/** Adds a layer with its bias, fused or added right behind, and with its fused activation. */
function withBias(
  call: TfCall,
  context: TfContext,
  kernel: WeightTensor,
  outputs: number,
  make: MakeLayer,
): Operand {
  const fused = call.node.attributes.texts("fused_ops");
  const own = fused[0] === "BiasAdd" ? constantInput(call, 2) : undefined;
  if (fused[0] === "BiasAdd" && own?.shape.join() !== String(outputs)) {
    return unsupported(call, context, NO_WEIGHTS);
  }
  const behind = fused.length > 0 ? undefined : biasBehind(call, context, outputs);
  const bias = own ?? behind?.bias;
  const key = `${call.node.op}:${kernel.name}:${bias?.name ?? ""}`;
  for (const tensor of [kernel, bias]) if (tensor) context.taken.add(tensor.name);
  const value = make(call.node.name, bias, context.used.get(key));
  if (!context.used.has(key)) context.used.set(key, context.builder.weightsOf(value));
  const [activation] = own ? fused.slice(1) : fused;
  const result = activation ? activated(call, context, value, activation) : mapped(value);
  if (behind) context.operands.set(behind.name, result);
  return result;
}

/** The one addition that follows, when what it adds is one constant per output. */
function biasBehind({ node }: TfCall, context: TfContext, outputs: number) {
  const [add, ...others] = context.consumers.get(node.name) ?? [];
  if (!add || others.length > 0 || context.outputs.has(node.name)) return undefined;
  if (!["BiasAdd", "Add", "AddV2"].includes(add.op)) return undefined;
  const other = add.inputs.find((name) => name !== node.name);
  const operand = other === undefined ? undefined : context.operands.get(other);
  if (operand?.kind !== "constant") return undefined;
  const { shape } = operand.tensor;
  const count = shape.reduce((product, side) => product * side, 1);
  if (count !== outputs || shape.at(-1) !== outputs) return undefined;
  return { name: add.name, bias: { ...operand.tensor, shape: [outputs] } };
}

/** Height and width of an attribute [1, h, w, 1]. */
function sidesOf({ node }: TfCall, attribute: string): HW | undefined {
  const values = node.attributes.integers(attribute);
  if (values.length === 0) return [1, 1];
  const [batch, height, width, channels] = values;
  const isPlain = values.length === 4 && batch === 1 && channels === 1;
  const isLast = node.attributes.text("data_format", "NHWC") === "NHWC";
  const areCounts = [height, width].every((side) => Number.isSafeInteger(side) && side > 0);
  return isPlain && isLast && areCounts ? [height, width] : undefined;
}

function paddingOf({ node }: TfCall): "same" | Sides | undefined {
  const padding = node.attributes.text("padding", "VALID");
  if (padding === "SAME") return "same";
  if (padding === "VALID") return [0, 0, 0, 0];
  const sides = node.attributes.integers("explicit_paddings");
  if (padding !== "EXPLICIT" || sides.length !== 8) return undefined;
  const isSound = sides.every((side) => Number.isSafeInteger(side) && side >= 0);
  return isSound ? [sides[2], sides[3], sides[4], sides[5]] : undefined;
}

/** FusedBatchNorm of all versions. */
export const batchNorm: TfRule = (call, context) => {
  const input = valueInput(call);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => constantInput(call, index));
  if (!input) return unsupported(call, context, NO_VALUE);
  if (!gamma || !beta || !mean || !variance) return unsupported(call, context, NO_WEIGHTS);
  const all = [gamma, beta, mean, variance];
  if (all.some(({ shape }) => shape.length !== 1 || shape[0] !== mean.shape[0])) {
    throw context.builder.broken(call.node.name, "its four tensors aren't vectors of one length");
  }
  for (const tensor of all) context.taken.add(tensor.name);
  const attrs = {
    numFeatures: mean.shape[0],
    eps: call.node.attributes.number("epsilon", 1e-4),
    momentum: 0.1,
  };
  const weights = { weight: gamma, bias: beta, running_mean: mean, running_var: variance };
  const key = `${call.node.op}:${all.map(({ name }) => name).join(":")}`;
  const { builder, used } = context;
  const value = builder.add(
    "batchNorm",
    call.node.name,
    [input.value],
    attrs,
    used.get(key) ?? weights,
  );
  if (!used.has(key)) used.set(key, builder.weightsOf(value));
  return valueOperand(value, input.layout);
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
    const window = { kernelSize, stride, padding, ceilMode: false };
    const { builder } = context;
    const { name } = call.node;
    const value =
      op === "maxPool2d"
        ? builder.add(op, name, [input.value], { ...window, dilation: [1, 1] })
        : builder.add(op, name, [input.value], { ...window, countIncludePad: false });
    return valueOperand(value, LAYOUT);
  };

/** Pad, PadV2 and MirrorPad, of the sides of a map. */
export const pad: TfRule = (call, context) => {
  const input = valueInput(call);
  const sides = listInput(call, 1);
  if (input?.value.shape?.length !== 3) return unsupported(call, context, "its input is no map");
  const isMirrored = call.node.op === "MirrorPad";
  const isSound =
    sides?.length === 8 && sides.every((side) => Number.isSafeInteger(side) && side >= 0);
  const isPlain = isSound && [0, 1, 6, 7].every((i) => sides[i] === 0);
  if (!isPlain || (isMirrored && call.node.attributes.text("mode", "") !== "REFLECT")) {
    return unsupported(
      call,
      context,
      "only the sides of maps can be padded, with a constant or mirrored",
    );
  }
  const padding: Sides = [sides[2], sides[3], sides[4], sides[5]];
  const value = isMirrored ? 0 : (listInput(call, 2)?.[0] ?? 0);
  const mode = isMirrored ? "reflect" : "constant";
  return mapped(
    context.builder.add("pad", call.node.name, [input.value], { padding, mode, value }),
  );
};

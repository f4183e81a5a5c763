import {
  constantInput,
  NO_VALUE,
  NO_WEIGHTS,
  unsupported,
  valueInput,
} from "../../graph/nodes/context.ts";
import { addBatchNorm, addDense, addLayer, addPool } from "../../graph/nodes/layers.ts";
import { addPad } from "../../graph/nodes/padding.ts";
import { channelAxis, valueOperand } from "../../graph/operands.ts";
import type { WeightData, WeightTensor } from "../../types.ts";
import { numberOf } from "./elementwise.ts";
import type { OnnxRule } from "./node.ts";
import { kernelOf, padsOf, pairOf, windowOf, withCeiling } from "./windows.ts";

/** Conv: weights [out, in / groups, h, w] as in PyTorch, or [out, in / groups, length] for signals. */
export const conv: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const weight = constantInput(call, 1);
  if (!input || !weight) return unsupported(call, context, NO_WEIGHTS);
  if (input.layout === "NHWC" || input.layout === "NLC") {
    return unsupported(call, context, "its input has the channels last");
  }
  const groups = call.node.attributes.number("group", 1);
  const [outChannels, perGroup, ...sides] = weight.shape;
  const kernel = kernelOf(sides, input.layout);
  if (!kernel) return unsupported(call, context, `it has a window of ${sides.length} dimensions`);
  const window = windowOf(call, kernel, input.value);
  if (typeof window === "string") return unsupported(call, context, window);
  const dilation = pairOf(call, "dilations");
  const attrs = { inChannels: perGroup * groups, outChannels, groups, dilation, ...window };
  if (outChannels % groups !== 0) {
    return unsupported(call, context, `${groups} groups don't fit it`);
  }
  const inRows = { ...weight, shape: [outChannels, perGroup, ...kernel] };
  return addLayer(call, context, input, {
    kernel: weight,
    outputs: outChannels,
    axis: 1 - weight.shape.length,
    bias: constantInput(call, 2),
    make: (name, bias, earlier) =>
      context.builder.add(
        "conv2d",
        name,
        [input.value],
        attrs,
        earlier ?? { weight: inRows, bias },
      ),
  });
};

/** Gemm: α · input · B + β · C, with weights as [in, out] or, transposed, as [out, in]. */
export const gemm: OnnxRule = (call, context) => {
  const { attributes } = call.node;
  if (attributes.number("transA", 0) !== 0) {
    return unsupported(call, context, "its input is transposed");
  }
  const weight = constantInput(call, 1);
  if (!weight) return unsupported(call, context, NO_WEIGHTS);
  const bias = constantInput(call, 2);
  return addDense(call, context, scaled(weight, attributes.number("alpha", 1)), {
    isOutIn: attributes.flag("transB", false),
    bias: bias && scaled(bias, attributes.number("beta", 1)),
  });
};

/** MatMul with weights [in, out]. */
export const matMul: OnnxRule = (call, context) => {
  const weight = constantInput(call, 1);
  if (!weight) return unsupported(call, context, "it multiplies two values of the network");
  return addDense(call, context, weight, { isOutIn: false });
};

function scaled(tensor: WeightTensor, factor: number): WeightTensor {
  if (factor === 1) return tensor;
  const data = (): WeightData =>
    Float32Array.from<number | bigint>(tensor.data(), (v) => Number(v) * factor);
  return { ...tensor, dtype: "f32", data };
}

/** BatchNormalization, with the statistics of its training. */
export const batchNormalization: OnnxRule = (call, context) => {
  const { attributes } = call.node;
  const input = valueInput(call);
  if (attributes.number("training_mode", 0) !== 0) {
    return unsupported(call, context, "it is in training mode");
  }
  if (input && channelAxis(input.value, input.layout) !== 1) {
    return unsupported(call, context, "its input's channels aren't right behind the batch");
  }
  return addBatchNorm(call, context, {
    eps: attributes.number("epsilon", 1e-5),
    momentum: 1 - attributes.number("momentum", 0.9),
  });
};

/** MaxPool and AveragePool. */
export const pool =
  (op: "maxPool2d" | "avgPool2d"): OnnxRule =>
  (call, context) => {
    const input = valueInput(call);
    const { attributes, outputs } = call.node;
    if (!input || channelAxis(input.value, input.layout) !== 1) {
      return unsupported(call, context, "its input is no map with channels first");
    }
    if (outputs.slice(1).some((name) => context.consumers.has(name))) {
      return unsupported(call, context, "the places of the maxima are used");
    }
    const sides = attributes.integers("kernel_shape") ?? [];
    const kernel = kernelOf(sides, input.layout);
    if (!kernel) return unsupported(call, context, `it has a window of ${sides.length} dimensions`);
    const window = windowOf(call, kernel, input.value);
    if (typeof window === "string") return unsupported(call, context, window);
    const dilation = pairOf(call, "dilations");
    const countIncludePad = attributes.flag("count_include_pad", false);
    if (op === "avgPool2d" && dilation.some((n) => n > 1)) {
      return unsupported(call, context, "dilated averages aren't supported");
    }
    const given = { ...window, dilation, ceilMode: attributes.flag("ceil_mode", false) };
    const sound = withCeiling(given, input.value);
    if (!sound || (countIncludePad && sound !== given)) {
      return unsupported(call, context, "its padding is as large as its window");
    }
    return addPool(call, context, op, input, sound, countIncludePad);
  };

/** GlobalAveragePool and GlobalMaxPool. */
export const globalPool =
  (op: "globalAvgPool" | "globalMaxPool"): OnnxRule =>
  (call, context) => {
    const input = valueInput(call);
    if (!input) return unsupported(call, context, NO_VALUE);
    if (input.layout === "NHW") return unsupported(call, context, "its input has no channels");
    const value = context.builder.add(op, call.node.name, [input.value], { keepDims: true });
    return valueOperand(value, input.layout);
  };

/** Pad, of a map only. */
export const pad: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const mode = MODES.get(call.node.attributes.text("mode", "constant"));
  const pads = input && padsOf(call, input);
  if (!input || !mode || !pads) {
    const why = "only maps can be padded, with a constant, mirrored or repeated";
    return unsupported(call, context, why);
  }
  return addPad(call, context, input, { ...pads, mode, value: numberOf(call, "value", 2, 0) });
};

const MODES: ReadonlyMap<string, "constant" | "reflect" | "replicate"> = new Map([
  ["constant", "constant"],
  ["reflect", "reflect"],
  ["edge", "replicate"],
] as const);

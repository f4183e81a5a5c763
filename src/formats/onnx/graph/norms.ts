import {
  constantInput,
  NO_VALUE,
  NO_WEIGHTS,
  unsupported,
  valueInput,
} from "../../graph/nodes/context.ts";
import {
  addLocalResponseNorm,
  addNorm,
  isLastAndChannels,
  rowsOf,
} from "../../graph/nodes/norms.ts";
import { channelAxis, fromFront, numbersOf } from "../../graph/operands.ts";
import type { WeightTensor } from "../../types.ts";
import type { OnnxRule } from "./node.ts";

/** LayerNormalization (version 17) and RMSNormalization (23), over the last axis. */
export const layerNormalization =
  (op: "layerNorm" | "rmsNorm"): OnnxRule =>
  (call, context) => {
    const { name, attributes } = call.node;
    const input = valueInput(call);
    const [weight, bias] = [constantInput(call, 1), constantInput(call, 2)];
    if (!input) return unsupported(call, context, NO_VALUE);
    if (!weight) return unsupported(call, context, NO_WEIGHTS);
    const axis = fromFront(attributes.number("axis", -1), input.value, input.layout);
    if (!isLastAndChannels(axis, input) || weight.shape.length !== 1) {
      const why = "only channels or features that come last can be normalised over";
      return unsupported(call, context, why);
    }
    const rows = { ...rowsOf(input), numFeatures: weight.shape[0] };
    const attrs = { ...rows, eps: attributes.number("epsilon", 1e-5) };
    return addNorm(context, op, name, input, attrs, { weight, bias });
  };

/** InstanceNormalization. PyTorch writes ones and zeros where a layer has no weight and bias. */
export const instanceNormalization: OnnxRule = (call, context) => {
  const { name, attributes } = call.node;
  const input = valueInput(call);
  const [weight, bias] = [constantInput(call, 1), constantInput(call, 2)];
  if (!input) return unsupported(call, context, NO_VALUE);
  if (!weight || !bias) return unsupported(call, context, NO_WEIGHTS);
  if (channelAxis(input.value, input.layout) !== 1) {
    return unsupported(call, context, "its input's channels aren't right behind the batch");
  }
  const numChannels = weight.shape[0];
  const attrs = { numGroups: numChannels, numChannels, eps: attributes.number("epsilon", 1e-5) };
  const isBare = areAll(weight, 1) && areAll(bias, 0) && !/\.(weight|bias)$/.test(weight.name);
  if (isBare) for (const { name } of [weight, bias]) context.taken.add(name);
  return addNorm(context, "groupNorm", name, input, attrs, isBare ? {} : { weight, bias });
};

/** GroupNormalization: version 18 had a scale and a bias for each group, 21 has them for each channel. */
export const groupNormalization: OnnxRule = (call, context) => {
  const { name, attributes } = call.node;
  const input = valueInput(call);
  const [weight, bias] = [constantInput(call, 1), constantInput(call, 2)];
  const numChannels = input?.value.shape?.[0];
  if (!input || !numChannels) return unsupported(call, context, NO_VALUE);
  if (!weight || !bias) return unsupported(call, context, NO_WEIGHTS);
  if (channelAxis(input.value, input.layout) !== 1) {
    return unsupported(call, context, "its input's channels aren't right behind the batch");
  }
  const numGroups = attributes.number("num_groups", 1);
  const attrs = { numGroups, numChannels, eps: attributes.number("epsilon", 1e-5) };
  return addNorm(context, "groupNorm", name, input, attrs, {
    weight: repeated(weight, numChannels),
    bias: repeated(bias, numChannels),
  });
};

/** LRN. Of an even size ONNX has one more channel behind an element's own, PyTorch before. */
export const lrn: OnnxRule = (call, context) => {
  const { name, attributes } = call.node;
  const input = valueInput(call);
  const size = attributes.number("size", 1);
  if (!input) return unsupported(call, context, NO_VALUE);
  if (channelAxis(input.value, input.layout) !== 1 || size % 2 !== 1) {
    const why = "only windows of an odd number of channels right behind the batch are supported";
    return unsupported(call, context, why);
  }
  return addLocalResponseNorm(context, name, input, {
    size,
    alpha: attributes.number("alpha", 1e-4),
    beta: attributes.number("beta", 0.75),
    k: attributes.number("bias", 1),
  });
};

/** Whether a tensor holds nothing but this number. */
export function areAll(tensor: WeightTensor, number: number): boolean {
  return numbersOf(tensor)?.every((value) => value === number) ?? false;
}

/** One number for each group as one for each channel. */
function repeated(tensor: WeightTensor, count: number): WeightTensor {
  const length = tensor.shape[0];
  if (length === count || count % length !== 0) return tensor;
  const data = () => {
    const values = numbersOf(tensor) ?? [];
    return Float32Array.from({ length: count }, (_, i) => values[Math.floor(i / (count / length))]);
  };
  return { ...tensor, shape: [count], dtype: "f32", data };
}

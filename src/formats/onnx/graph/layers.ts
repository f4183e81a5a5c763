import type { Sides } from "../../../base/index.ts";
import { channelAxis, numbersOf, valueOperand } from "../../graph/operands.ts";
import { constantInput, type OnnxRule, unsupported, valueInput } from "./context.ts";
import { layerName, remember, withBias } from "./weights.ts";
import { ints, kernelOf, number, padsOf, windowOf, withCeiling } from "./windows.ts";

/** Conv: weights [out, in / groups, h, w] as in PyTorch, or [out, in / groups, length] for signals. */
export const conv: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const weight = constantInput(call, 1);
  if (!input || !weight) return unsupported(call, context, "its weights aren't in the file");
  if (input.layout === "NHWC") return unsupported(call, context, "its input has the channels last");
  const groups = number(call, "group", 1);
  const [outChannels, perGroup, ...sides] = weight.shape;
  const kernel = kernelOf(sides, input.layout);
  if (!kernel) return unsupported(call, context, `it has a window of ${sides.length} dimensions`);
  const window = windowOf(call, kernel, input.value);
  if (typeof window === "string") return unsupported(call, context, window);
  const dilation = ints(call, "dilations");
  const attrs = { inChannels: perGroup * groups, outChannels, groups, dilation, ...window };
  if (outChannels % groups !== 0)
    return unsupported(call, context, `${groups} groups don't fit it`);
  const inRows = { ...weight, shape: [outChannels, perGroup, ...kernel] };
  const { name, weights, key, output } = withBias(call, context, inRows);
  const value = context.builder.add("conv2d", name, [input.value], attrs, weights);
  return remember(context, key, output, valueOperand(value, input.layout));
};

/** BatchNormalization, with the statistics of its training. */
export const batchNormalization: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => constantInput(call, index));
  if (!input || !gamma || !beta || !mean || !variance) {
    return unsupported(call, context, "its weights aren't in the file");
  }
  if (number(call, "training_mode", 0) !== 0)
    return unsupported(call, context, "it is in training mode");
  if (channelAxis(input.value, input.layout) !== 1) {
    return unsupported(call, context, "its input's channels aren't right behind the batch");
  }
  const all = [gamma, beta, mean, variance];
  for (const tensor of all) context.taken.add(tensor.name);
  if (all.some(({ shape }) => shape.length !== 1 || shape[0] !== mean.shape[0])) {
    throw context.builder.broken(call.name, "its four tensors aren't vectors of one length");
  }
  const attrs = {
    numFeatures: mean.shape[0],
    eps: number(call, "epsilon", 1e-5),
    momentum: 1 - number(call, "momentum", 0.9),
  };
  const key = `${call.node.op}:${all.map(({ name }) => name).join(":")}`;
  const weights = { weight: gamma, bias: beta, running_mean: mean, running_var: variance };
  const name = layerName(call, gamma);
  const value = context.builder.add(
    "batchNorm",
    name,
    [input.value],
    attrs,
    context.used.get(key) ?? weights,
  );
  return remember(context, key, undefined, valueOperand(value, input.layout));
};

/** MaxPool and AveragePool. */
export const pool =
  (op: "maxPool2d" | "avgPool2d"): OnnxRule =>
  (call, context) => {
    const input = valueInput(call);
    if (!input || channelAxis(input.value, input.layout) !== 1)
      return unsupported(call, context, "its input is no map with channels first");
    if (call.node.outputs.slice(1).some((name) => context.consumers.has(name))) {
      return unsupported(call, context, "the places of the maxima are used");
    }
    const sides = call.node.attributes.get("kernel_shape")?.ints ?? [];
    const kernel = kernelOf(sides, input.layout);
    if (!kernel) return unsupported(call, context, `it has a window of ${sides.length} dimensions`);
    const window = windowOf(call, kernel, input.value);
    if (typeof window === "string") return unsupported(call, context, window);
    const dilation = ints(call, "dilations");
    const ceilMode = number(call, "ceil_mode", 0) === 1;
    const countIncludePad = number(call, "count_include_pad", 0) === 1;
    if (op === "avgPool2d" && dilation.some((n) => n > 1)) {
      return unsupported(call, context, "dilated averages aren't supported");
    }
    const given = { ...window, dilation, ceilMode };
    const sound = withCeiling(given, input.value);
    if (!sound || (countIncludePad && sound !== given))
      return unsupported(call, context, "its padding is as large as its window");
    const { builder } = context;
    const { dilation: _, ...average } = sound;
    const value =
      op === "maxPool2d"
        ? builder.add(op, call.name, [input.value], sound)
        : builder.add(op, call.name, [input.value], { ...average, countIncludePad });
    return valueOperand(value, input.layout);
  };

/** Pad, of the sides of a map only. */
export const pad: OnnxRule = (call, context) => {
  const input = valueInput(call);
  const mode = MODES.get(call.node.attributes.get("mode")?.s ?? "constant");
  const sides = input && padsOf(call, input);
  if (!input || !mode || !sides) {
    return unsupported(
      call,
      context,
      "only the sides of maps can be padded, with a constant, mirrored or repeated",
    );
  }
  const given = constantInput(call, 2);
  const value = given ? (numbersOf(given)?.[0] ?? 0) : number(call, "value", 0);
  if (sides.every((side) => side === 0)) return input;
  const padding: Sides = [sides[0], sides[1], sides[2], sides[3]];
  const padded = context.builder.add("pad", call.name, [input.value], { padding, mode, value });
  return valueOperand(padded, input.layout);
};

const MODES: ReadonlyMap<string, "constant" | "reflect" | "replicate"> = new Map([
  ["constant", "constant"],
  ["reflect", "reflect"],
  ["edge", "replicate"],
] as const);

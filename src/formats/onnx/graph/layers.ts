import type { Sides } from "../../../base/index.ts";
import { printable } from "../../errors.ts";
import type { LayerWeights } from "../../graph/builder.ts";
import { channelAxis, numbersOf, type Operand, valueOperand } from "../../graph/operands.ts";
import type { WeightData, WeightTensor } from "../../types.ts";
import {
  constantInput,
  type OnnxCall,
  type OnnxContext,
  type OnnxRule,
  unsupported,
  valueInput,
} from "./context.ts";
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

/** Gemm: α · input · B + β · C, with weights as [in, out] or, transposed, as [out, in]. */
export const gemm: OnnxRule = (call, context) => {
  if (number(call, "transA", 0) !== 0) return unsupported(call, context, "its input is transposed");
  const weight = constantInput(call, 1);
  if (!weight) return unsupported(call, context, "its weights aren't in the file");
  const bias = constantInput(call, 2);
  const scaledBias = bias && scaled(bias, number(call, "beta", 1));
  return dense(call, context, scaled(weight, number(call, "alpha", 1)), {
    isOutIn: number(call, "transB", 0) === 1,
    bias: scaledBias,
  });
};

/** MatMul with weights [in, out], and the addition of a bias behind it. */
export const matMul: OnnxRule = (call, context) => {
  const weight = constantInput(call, 1);
  if (!weight) return unsupported(call, context, "it multiplies two values of the network");
  return dense(call, context, weight, { isOutIn: false });
};

function dense(
  call: OnnxCall,
  context: OnnxContext,
  tensor: WeightTensor,
  { isOutIn, bias: given }: { readonly isOutIn: boolean; readonly bias?: WeightTensor },
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, "its input isn't a value of the network");
  if (tensor.shape.length !== 2) return unsupported(call, context, "its weights are no matrix");
  if (input.value.shape && input.value.shape.length !== 1) {
    return unsupported(call, context, "it works on a map, not on a vector");
  }
  const outFeatures = tensor.shape[isOutIn ? 0 : 1];
  const { name, weights, key, output } = withBias(call, context, tensor, outFeatures, given);
  const { builder } = context;
  const earlier = context.used.get(key);
  const inFeatures = tensor.shape[isOutIn ? 1 : 0];
  const bias = typeof weights.bias === "string" ? undefined : weights.bias;
  const value = earlier
    ? builder.add("linear", name, [input.value], { inFeatures, outFeatures }, earlier)
    : builder.linear(name, input.value, { tensor, isOutIn }, bias);
  return remember(context, key, output, valueOperand(value, input.layout));
}

interface Placed {
  readonly name: string;
  readonly weights: LayerWeights;
  readonly key: string;
  /** The name under which the layer's value is known when an addition was taken in; else undefined. */
  readonly output?: string;
}

/** Takes the tensors of a layer, with the bias that is an input of its own or added right behind. */
function withBias(
  call: OnnxCall,
  context: OnnxContext,
  weight: WeightTensor,
  outputs = weight.shape[0],
  given = constantInput(call, 2),
): Placed {
  const following = given ? undefined : biasBehind(call, context, outputs);
  const bias = given ? asVector(given, outputs, call, context) : following?.bias;
  const key = `${call.node.op}:${weight.name}:${bias?.name ?? ""}`;
  context.taken.add(weight.name);
  if (bias) context.taken.add(bias.name);
  const weights = context.used.get(key) ?? { weight, bias };
  return { name: layerName(call, weight), weights, key, output: following?.output };
}

/** A bias may come as [out], [1, out] or one number for all. */
function asVector(
  bias: WeightTensor,
  outputs: number,
  { name }: OnnxCall,
  { builder }: OnnxContext,
): WeightTensor {
  const count = bias.shape.reduce((product, side) => product * side, 1);
  if (count === outputs) return { ...bias, shape: [outputs] };
  if (count !== 1)
    throw builder.broken(
      name,
      `its bias "${printable(bias.name)}" has ${count} elements, not ${outputs}`,
    );
  const [value] = numbersOf(bias) ?? [0];
  return {
    ...bias,
    shape: [outputs],
    dtype: "f32",
    data: () => new Float32Array(outputs).fill(value),
  };
}

/** The one addition that follows, when what it adds is a constant with one element per output. */
function biasBehind(call: OnnxCall, context: OnnxContext, outputs: number) {
  const { node } = call;
  const followers = context.consumers.get(node.outputs[0]) ?? [];
  const [add] = followers;
  if (context.outputs.has(node.outputs[0])) return undefined;
  if (followers.length !== 1 || add.op !== "Add" || add.inputs.length !== 2) return undefined;
  const other = add.inputs.find((name) => name !== node.outputs[0]);
  const operand = other === undefined ? undefined : context.operands.get(other);
  if (operand?.kind !== "constant") return undefined;
  const { shape } = operand.tensor;
  // Elements per output: along the axis that the outputs lie on, all other sides 1.
  const rank = constantInput(call, 1)?.shape.length ?? 0;
  const sides = node.op === "Conv" ? shape.slice(1 - rank, 2 - rank) : shape.slice(-1);
  const count = shape.reduce((product, side) => product * side, 1);
  if (sides[0] !== outputs || count !== outputs) return undefined;
  return { bias: { ...operand.tensor, shape: [outputs] }, output: add.outputs[0] };
}

function remember(
  context: OnnxContext,
  key: string,
  output: string | undefined,
  operand: Operand,
): Operand {
  if (operand.kind === "value" && !context.used.has(key)) {
    context.used.set(key, context.builder.weightsOf(operand.value));
  }
  if (output !== undefined) context.operands.set(output, operand);
  return operand;
}

/** PyTorch's names of tensors tell the layers' names ("features.0.weight"), which its nodes' names don't. */
function layerName({ name }: OnnxCall, weight: WeightTensor): string {
  return /^[^:]+\.weight$/.test(weight.name) ? weight.name.slice(0, -".weight".length) : name;
}

function scaled(tensor: WeightTensor, factor: number): WeightTensor {
  if (factor === 1) return tensor;
  const data = (): WeightData =>
    Float32Array.from<number | bigint>(tensor.data(), (v) => Number(v) * factor);
  return { ...tensor, dtype: "f32", data };
}

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

import { type HW, type Sides, sizeOf } from "../../../base/index.ts";
import { printable } from "../../errors.ts";
import type { WeightTensor } from "../../types.ts";
import { countPerChannel } from "../arithmetic.ts";
import type { LayerWeights, Value } from "../builder.ts";
import type { OpAttrs } from "../network_graph.ts";
import { numbersOf, type Operand, type ValueOperand, valueOperand } from "../operands.ts";
import { BATCH } from "../plain/view.ts";
import {
  constantInput,
  NO_VALUE,
  NO_WEIGHTS,
  type NodeCall,
  type NodeContext,
  unsupported,
  valueInput,
} from "./context.ts";
import type { Apply } from "./elementwise.ts";
import { constantBeside, onlyFollower } from "./followers.ts";

/** A layer with a kernel and perhaps a bias. */
export interface KernelLayer {
  /** As the file has it. */
  readonly kernel: WeightTensor;
  readonly outputs: number;
  /** The axis that the outputs lie on, counted from the last: that of a bias which is added right behind. */
  readonly axis: number;
  /** The bias, where it is an input of the layer's own; null where it can't be added right behind either. */
  readonly bias?: WeightTensor | null;
  /** Adds the layer, with its weights when it was used before. */
  readonly make: (
    name: string,
    bias: WeightTensor | undefined,
    earlier: LayerWeights | undefined,
  ) => Value;
}

/** Adds a layer, with the bias that is an input of its own or added right behind. */
export function addLayer(
  call: NodeCall,
  context: NodeContext,
  { layout, view }: Pick<ValueOperand, "layout" | "view">,
  { kernel, outputs, axis, bias: given, make }: KernelLayer,
): Operand {
  const { node } = call;
  const behind = given === undefined ? biasBehind(call, context, outputs, axis) : undefined;
  const bias = given ? asVector(given, outputs, call, context) : behind?.bias;
  const key = `${node.op}:${kernel.name}:${bias?.name ?? ""}`;
  for (const tensor of [kernel, bias]) if (tensor) context.taken.add(tensor.name);
  const result = make(layerName(call.node.name, kernel), bias, context.used.get(key));
  remember(context, key, result);
  const operand: Operand = { kind: "value", value: result, layout, view };
  if (behind?.isSqueezed) context.absorbed.add(behind.output);
  else if (behind) context.operands.set(behind.output, operand);
  return operand;
}

/** A bias may come as [out], [1, out] or one number for all. */
function asVector(
  bias: WeightTensor,
  outputs: number,
  { node }: NodeCall,
  { builder }: NodeContext,
): WeightTensor {
  const count = sizeOf(bias.shape);
  if (count === outputs) return { ...bias, shape: [outputs] };
  if (count !== 1) {
    const problem = `its bias "${printable(bias.name)}" has ${count} elements, not ${outputs}`;
    throw builder.broken(node.name, problem);
  }
  const [value] = numbersOf(bias) ?? [0];
  const data = () => new Float32Array(outputs).fill(value);
  return { ...bias, shape: [outputs], dtype: "f32", data };
}

/**
 * The one addition that follows, when what it adds is a constant with one element per output. A signal's convolution is one
 * of maps in TensorFlow, which are squeezed before.
 */
function biasBehind({ node }: NodeCall, context: NodeContext, outputs: number, axis: number) {
  const next = onlyFollower(node, context);
  const isSqueezed = next?.op === "Squeeze" && axis === -1;
  const before = isSqueezed ? next : node;
  const add = isSqueezed ? onlyFollower(next, context) : next;
  if (!add || !ADDITIONS.has(add.op) || add.inputs.length !== 2) return undefined;
  const bias = constantBeside(add, before.outputs[0], context);
  if (!bias || sizeOf(bias.shape) !== outputs || bias.shape.at(axis) !== outputs) return undefined;
  return { bias: { ...bias, shape: [outputs] }, output: add.outputs[0], isSqueezed };
}

const ADDITIONS: ReadonlySet<string> = new Set(["Add", "AddV2", "BiasAdd"]);

/** PyTorch's names of tensors tell the layers' names ("features.0.weight"), which its nodes' names don't. */
export function layerName(name: string, weight: WeightTensor): string {
  return /^[^:]+\.weight$/.test(weight.name) ? weight.name.slice(0, -".weight".length) : name;
}

/** Keeps a layer's weights under a key, for others that share them. */
export function remember({ used, builder }: NodeContext, key: string, value: Value): void {
  if (!used.has(key)) used.set(key, builder.weightsOf(value));
}

/**
 * Adds a dense layer.
 *
 * @param kernel [in, out], or [out, in] with `isOutIn`.
 */
export function addDense(
  call: NodeCall,
  context: NodeContext,
  kernel: WeightTensor,
  { isOutIn, bias }: { readonly isOutIn: boolean; readonly bias?: WeightTensor | null },
): Operand {
  const input = valueInput(call);
  if (!input) return unsupported(call, context, NO_VALUE);
  if (kernel.shape.length !== 2) return unsupported(call, context, "its weights are no matrix");
  const isAny = input.layout === "ANY" && !input.view?.at(-1)?.includes(BATCH);
  if (input.value.shape && input.value.shape.length !== 1 && !isAny) {
    return unsupported(call, context, "it works on a map, not on a vector");
  }
  const [inFeatures, outFeatures] = isOutIn ? [...kernel.shape].reverse() : kernel.shape;
  const make: KernelLayer["make"] = (name, vector, earlier) =>
    earlier
      ? context.builder.add("linear", name, [input.value], { inFeatures, outFeatures }, earlier)
      : context.builder.linear(name, input.value, { tensor: kernel, isOutIn }, vector);
  return addLayer(call, context, input, {
    kernel,
    outputs: outFeatures,
    axis: -1,
    bias,
    make,
  });
}

/** Adds a batch norm with the statistics of its training; its tensors are the inputs behind the value. */
export function addBatchNorm(
  call: NodeCall,
  context: NodeContext,
  { eps, momentum }: Pick<OpAttrs["batchNorm"], "eps" | "momentum">,
): Operand {
  const { builder, used, taken } = context;
  const input = valueInput(call);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => constantInput(call, index));
  if (!input) return unsupported(call, context, NO_VALUE);
  if (!gamma || !beta || !mean || !variance) return unsupported(call, context, NO_WEIGHTS);
  const all = [gamma, beta, mean, variance];
  for (const tensor of all) taken.add(tensor.name);
  const numFeatures = mean.shape[0];
  if (all.some(({ shape }) => shape.length !== 1 || shape[0] !== numFeatures)) {
    throw builder.broken(call.node.name, "its four tensors aren't vectors of one length");
  }
  const key = `${call.node.op}:${all.map(({ name }) => name).join(":")}`;
  const own = { weight: gamma, bias: beta, running_mean: mean, running_var: variance };
  const attrs = { numFeatures, eps, momentum };
  const name = layerName(call.node.name, gamma);
  const value = builder.add("batchNorm", name, [input.value], attrs, used.get(key) ?? own);
  remember(context, key, value);
  return valueOperand(value, input.layout);
}

/** PReLU, whose slopes are the input of this number; −1 is the last. */
export const prelu =
  (index: number): Apply =>
  (call, context, value, name) => {
    const slopes = constantInput(call, index);
    if (!slopes) return NO_WEIGHTS;
    const layout = valueInput(call)?.layout ?? context.layout;
    const numParameters = countPerChannel(slopes, value, layout);
    if (!numParameters) return "slopes that differ within a channel aren't supported";
    context.taken.add(slopes.name);
    const key = `PRelu:${slopes.name}`;
    const weights = context.used.get(key) ?? { weight: { ...slopes, shape: [numParameters] } };
    const ours = layerName(name, slopes);
    const result = context.builder.add("prelu", ours, [value], { numParameters }, weights);
    remember(context, key, result);
    return result;
  };

export interface PoolWindow {
  readonly kernelSize: HW;
  readonly stride: HW;
  readonly dilation: HW;
  readonly padding: "same" | Sides;
  readonly ceilMode: boolean;
}

/** Adds a pool. Averages have no dilation. */
export function addPool(
  { node: { name } }: NodeCall,
  { builder }: NodeContext,
  op: "maxPool2d" | "avgPool2d",
  { value, layout }: ValueOperand,
  { dilation, ...window }: PoolWindow,
  countIncludePad: boolean,
): Operand {
  const pooled =
    op === "maxPool2d"
      ? builder.add(op, name, [value], { ...window, dilation })
      : builder.add(op, name, [value], { ...window, countIncludePad });
  return valueOperand(pooled, layout);
}

import { countPerChannel } from "../../graph/arithmetic.ts";
import type { OpAttrs } from "../../graph/network_graph.ts";
import { listInput, valueInput } from "../../graph/nodes/context.ts";
import { constantBeside, onlyFollower } from "../../graph/nodes/followers.ts";
import {
  type Affine,
  addLocalResponseNorm,
  addNorm,
  type Norm,
  rowsOf,
} from "../../graph/nodes/norms.ts";
import {
  channelAxis,
  channelsOf,
  fileShape,
  fromFront,
  numbersOf,
  type Operand,
  type ValueOperand,
} from "../../graph/operands.ts";
import type { WeightTensor } from "../../types.ts";
import { integersOf, type OnnxCall, type OnnxContext, type OperatorNode } from "./node.ts";
import { areAll } from "./norms.ts";

// Normalisations that exporters write in several steps, since ONNX had no operators for them.

/** Steps that were found, in their order. */
type Steps = readonly OperatorNode[];

/**
 * Layer norm, from the mean on: ReduceMean, Sub, Pow, ReduceMean, Add, Sqrt, Div, and perhaps Mul and Add.
 *
 * @returns undefined when the node isn't its mean.
 */
export function layerNormFrom(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const { node } = call;
  const input = valueInput(call);
  if (!input || !isMean(node, input, context)) return undefined;
  const sub = onlyFollower(node, context);
  if (sub?.op !== "Sub" || sub.inputs.join() !== [node.inputs[0], node.outputs[0]].join()) {
    return undefined;
  }
  const [centered] = sub.outputs;
  const takers = context.consumers.get(centered) ?? [];
  const square = takers.find((taker) => isSquare(taker, centered, context));
  const spread = square && spreadFrom(square, input, context);
  const div = spread && onlyFollower(spread.sqrt, context);
  const isQuotient = div?.op === "Div" && div.inputs[0] === centered && takers.length === 2;
  if (!spread || !isQuotient) return undefined;
  const attrs = { ...rowsOf(input), eps: spread.eps };
  return normalized("layerNorm", input, attrs, [sub, ...spread.steps, div], context);
}

/**
 * Normalisation by the root mean square, from the squares on: Pow, ReduceMean, Add, Sqrt, then Div, or Reciprocal and Mul.
 *
 * @returns undefined when the node isn't its squares.
 */
export function rmsNormFrom(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const input = valueInput(call);
  const [x] = call.node.inputs;
  if (!input || !isSquare(call.node, x, context)) return undefined;
  const spread = spreadFrom(call.node, input, context);
  const next = spread && onlyFollower(spread.sqrt, context);
  if (!next) return undefined;
  const attrs = { ...rowsOf(input), eps: spread.eps };
  if (next.op === "Div" && next.inputs[0] === x) {
    return normalized("rmsNorm", input, attrs, [...spread.steps, next], context);
  }
  const one = next.op === "Div" && constantBeside(next, spread.sqrt.outputs[0], context);
  const isInverse = next.op === "Reciprocal" || (one && areAll(one, 1));
  const product = isInverse ? onlyFollower(next, context) : undefined;
  if (product?.op !== "Mul" || !product.inputs.includes(x)) return undefined;
  return normalized("rmsNorm", input, attrs, [...spread.steps, next, product], context);
}

/**
 * Group norm as PyTorch writes it: Reshape to [batch, groups, −1], InstanceNormalization by ones and zeros, Reshape back,
 * Mul and Add.
 *
 * @returns undefined when the node isn't its first step.
 */
export function groupNormFrom(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const { node } = call;
  const input = valueInput(call);
  const target = integersOf(call, "shape", 1);
  const numChannels = input?.value.shape?.[0];
  if (!input || !numChannels || target?.length !== 3 || input.layout === "NHWC") return undefined;
  const norm = onlyFollower(node, context);
  const back = norm?.op === "InstanceNormalization" ? onlyFollower(norm, context) : undefined;
  if (!norm || back?.op !== "Reshape" || !isBack(back, node.inputs[0], input, context)) {
    return undefined;
  }
  const [scale, bias] = norm.inputs.slice(1).map((name) => constantNamed(name, context));
  if (!scale || !bias || !areAll(scale, 1) || !areAll(bias, 0)) return undefined;
  for (const { name } of [scale, bias]) context.taken.add(name);
  const eps = norm.attributes.number("epsilon", 1e-5);
  const attrs = { numGroups: target[1], numChannels, eps };
  return normalized("groupNorm", input, attrs, [norm, back], context);
}

/** The squares are averaged over channels by a pool in three dimensions, whose axis is taken off behind it, perhaps by an If. */
const LOCAL_RESPONSE =
  /^Unsqueeze Reshape (Pad )+AveragePool (Squeeze|Shape Gather Equal If) Reshape Mul Add Pow Div$/;

/**
 * Local response norm as PyTorch writes it, from the squares on.
 *
 * @returns undefined when the node isn't its squares.
 */
export function localResponseNormFrom(call: OnnxCall, context: OnnxContext): Operand | undefined {
  const input = valueInput(call);
  const [x] = call.node.inputs;
  if (!input || !isSquare(call.node, x, context)) return undefined;
  const steps = stepsTo("Div", call.node, context);
  const names = steps.map(({ op }) => op).join(" ");
  if (!LOCAL_RESPONSE.test(names) || channelAxis(input.value, input.layout) !== 1) return undefined;
  const pool = steps.find(({ op }) => op === "AveragePool");
  const [size, ...others] = pool?.attributes.integers("kernel_shape") ?? [];
  const [reshape, ...last] = steps.slice(-5);
  const [alpha, k, beta] = last.slice(0, 3).map((step, i) => {
    const tensor = constantBeside(step, [reshape, ...last][i].outputs[0], context);
    return tensor && numbersOf(tensor)?.[0];
  });
  const isNumber = alpha !== undefined && k !== undefined && beta !== undefined;
  if (!isNumber || others.join() !== "1,1" || last[3].inputs[0] !== x) return undefined;
  const attrs = { size, alpha, beta, k };
  const operand = addLocalResponseNorm(context, last[3].name, input, attrs);
  for (const step of steps) context.operands.set(step.outputs[0], operand);
  return operand;
}

/** What follows a node, one after the other, up to the first of a kind. */
function stepsTo(op: string, from: OperatorNode, context: OnnxContext): Steps {
  const steps: OperatorNode[] = [];
  for (let next = onlyFollower(from, context); next; next = onlyFollower(next, context)) {
    steps.push(next);
    if (next.op === op || steps.length > MOST_STEPS) break;
  }
  return steps;
}

const MOST_STEPS = 20;

/** Whether a reshaping gives what a value was. */
function isBack(
  { inputs: [, shape] }: OperatorNode,
  of: string,
  { value, layout }: ValueOperand,
  context: OnnxContext,
): boolean {
  const producer = context.producers.get(shape);
  if (producer?.op === "Shape") return producer.inputs[0] === of;
  const constant = constantNamed(shape, context);
  const sides = constant && numbersOf(constant)?.slice(1);
  const wanted = fileShape(value, layout).slice(1);
  return sides?.every((side, axis) => side === wanted[axis] || side === -1 || side === 0) ?? false;
}

/** Adds the layer with the weight and bias that come behind, and passes over all its steps. */
function normalized<K extends Norm>(
  op: K,
  input: ValueOperand,
  attrs: OpAttrs[K],
  steps: Steps,
  context: OnnxContext,
): Operand {
  const { affine, last, more } = affineBehind(op, steps[steps.length - 1], input, context);
  const operand = addNorm(context, op, last.name, input, attrs, affine);
  for (const step of [...steps, ...more]) context.operands.set(step.outputs[0], operand);
  return operand;
}

/** The multiplication and the addition that follow, of constants with a number for each channel. */
function affineBehind(op: Norm, end: OperatorNode, input: ValueOperand, context: OnnxContext) {
  const more: OperatorNode[] = [];
  let last = end;
  const take = (kind: "Mul" | "Add"): WeightTensor | undefined => {
    const next = onlyFollower(last, context);
    const tensor = next?.op === kind && constantBeside(next, last.outputs[0], context);
    if (!next || !tensor) return undefined;
    const count = countPerChannel(tensor, input.value, input.layout);
    if (count === undefined || count !== channelsOf(input.value, input.layout)) return undefined;
    more.push(next);
    last = next;
    return tensor;
  };
  const weight = take("Mul");
  const affine: Affine = { weight, bias: op === "rmsNorm" ? undefined : take("Add") };
  return { affine, last, more };
}

/** √(mean of squares + eps). */
function spreadFrom(square: OperatorNode, input: ValueOperand, context: OnnxContext) {
  const mean = onlyFollower(square, context);
  const sum = mean && isMean(mean, input, context) ? onlyFollower(mean, context) : undefined;
  const eps = sum?.op === "Add" && constantBeside(sum, mean!.outputs[0], context);
  const sqrt = sum && onlyFollower(sum, context);
  const [value, ...others] = (eps && numbersOf(eps)) || [];
  if (!sum || value === undefined || others.length > 0 || sqrt?.op !== "Sqrt") return undefined;
  return { eps: value, sqrt, steps: [square, mean!, sum, sqrt] };
}

function isSquare({ op, inputs }: OperatorNode, value: string, context: OnnxContext): boolean {
  if (op === "Mul") return inputs.every((name) => name === value);
  const exponent = constantNamed(inputs[1], context);
  return op === "Pow" && inputs[0] === value && exponent !== undefined && areAll(exponent, 2);
}

/** Whether a node is the mean over the channels or features, which stay as 1. */
function isMean(node: OperatorNode, { value, layout }: ValueOperand, context: OnnxContext) {
  const operands = node.inputs.map((name) => context.operands.get(name));
  const axes = node.attributes.integers("axes") ?? listInput({ node, inputs: operands }, 1);
  const isKept = node.attributes.flag("keepdims", true);
  if (node.op !== "ReduceMean" || !isKept || axes?.length !== 1) return false;
  return fromFront(axes[0], value, layout) === channelAxis(value, layout);
}

function constantNamed(name: string | undefined, { operands }: OnnxContext) {
  const operand = name === undefined ? undefined : operands.get(name);
  return operand?.kind === "constant" ? operand.tensor : undefined;
}

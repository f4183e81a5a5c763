import type { WeightTensor } from "../../types.ts";
import type { Arithmetic } from "../arithmetic.ts";
import type { Value } from "../builder.ts";
import type { OpAttrs } from "../network_graph.ts";
import { type NodeCall, type NodeContext, type NodeRule, unsupported } from "../nodes/context.ts";
import type { Operand } from "../operands.ts";
import { constantValue, scalarOf, spreadConstant } from "./constants.ts";
import { fromFront, withOnes } from "./moves.ts";
import { NO_VALUE, type PlainValue, plainInput, plainOperand, plainValue } from "./values.ts";
import { batchAxis, dimOf, renumbered, type View } from "./view.ts";

// Operators that compute with values of any axes.

const DIFFERENT = "its inputs have different axes";
const MISSING = "it has fewer inputs than it needs";

/** The sum, difference, product or quotient of two values, or of a value and a constant. */
export const arithmetic =
  (kind: Arithmetic): NodeRule =>
  (call, context) => {
    const scaled = withNumber(kind, call, context);
    if (scaled) return scaled;
    const both = together(call, context, 2);
    if (typeof both === "string") return unsupported(call, context, both);
    const { view, values } = both;
    const { builder } = context;
    const { name } = call.node;
    const [a, b] = values;
    if (kind !== "sub") return plainOperand(builder.add(kind, name, [a, b], {}), view);
    const negative = builder.add("rescale", `${name}_negative`, [b], { scale: [-1], offset: [0] });
    return plainOperand(builder.add("add", name, [a, negative], {}), view);
  };

/** With one number there is nothing to spread; undefined where neither is one. */
function withNumber(kind: Arithmetic, call: NodeCall, context: NodeContext): Operand | undefined {
  const [a, b] = call.inputs;
  const [input, other] = a?.kind === "value" ? [a, b] : [b, a];
  if (input?.kind !== "value" || other?.kind !== "constant") return undefined;
  const number = scalarOf(other.tensor);
  const spreads = other.tensor.shape.length <= (plainValue(input, context)?.view.length ?? 0);
  if (number === undefined || !spreads) return undefined;
  const { builder } = context;
  const { name } = call.node;
  context.taken.add(other.tensor.name);
  const isFirst = other === a;
  let { value } = input;
  if (kind === "div" && isFirst) {
    value = builder.add("pow", `${name}_inverse`, [value], { exponent: -1 });
  }
  const sign = kind === "sub" && isFirst ? -1 : 1;
  const scale = kind === "mul" || (kind === "div" && isFirst) ? number : 1;
  const over = kind === "div" && !isFirst ? 1 / number : scale;
  const offset = { add: number, sub: isFirst ? number : -number, mul: 0, div: 0 }[kind];
  const attrs = { scale: [sign * over], offset: [offset] };
  if (attrs.scale[0] === 1 && offset === 0) return { ...input, value };
  return { ...input, value: builder.add("rescale", name, [value], attrs) };
}

/** The inputs of an operator that works element by element, spread to as many axes; a text says why they don't fit. */
function together(
  call: NodeCall,
  context: NodeContext,
  count: number,
): { readonly view: View; readonly values: readonly Value[] } | string {
  if (call.inputs.length < count) return MISSING;
  const given = call.inputs.map((_, i) => plainInput(call, context, i));
  const largest = given.reduce(
    (most, value) => (value && value.view.length > (most?.view.length ?? 0) ? value : most),
    undefined,
  );
  if (!largest) return NO_VALUE;
  const values: Value[] = [];
  for (const [i, input] of call.inputs.entries()) {
    const value = spread(given[i], input, largest, call, context);
    if (typeof value === "string") return value;
    values.push(value);
  }
  return { view: largest.view, values };
}

function spread(
  own: PlainValue | undefined,
  input: Operand | undefined,
  like: PlainValue,
  call: NodeCall,
  context: NodeContext,
): Value | string {
  if (!own) {
    const tensor = input?.kind === "constant" ? input.tensor : undefined;
    if (!tensor) return NO_VALUE;
    return spreadConstant(tensor, like, context) ?? "a constant differs from image to image";
  }
  const missing = like.view.length - own.view.length;
  const axes = Array.from({ length: missing }, (_, axis) => axis);
  const whole = withOnes(own, axes, call, context);
  if (typeof whole === "string") return whole;
  return JSON.stringify(whole.view) === JSON.stringify(like.view) ? whole.value : DIFFERENT;
}

/** The second input where the first isn't 0, else the third. */
export const where: NodeRule = (call, context) => {
  const both = together(call, context, 3);
  if (typeof both === "string") return unsupported(call, context, both);
  return plainOperand(context.builder.add("where", call.node.name, both.values, {}), both.view);
};

/** @param isOld before version 13 it was over all axes from the given one on. */
export const softmax =
  (op: "softmax" | "logSoftmax", fallback = -1, isOld = false): NodeRule =>
  (call, context) => {
    const input = plainInput(call, context);
    if (!input) return unsupported(call, context, NO_VALUE);
    const { view, shape, value } = input;
    const axis = fromFront(call.node.attributes.number("axis", fallback), view.length);
    const dim = dimOf(view, axis);
    const isLast = view.slice(axis + 1).every((dims) => dims.every((each) => shape[each] === 1));
    if (dim === undefined || (isOld && !isLast)) {
      return unsupported(call, context, "it is over several axes, or the batch");
    }
    return plainOperand(context.builder.add(op, call.node.name, [value], { dim }), view);
  };

/** @param axes of the file; all where left out. */
export function reduced(
  call: NodeCall,
  context: NodeContext,
  kind: OpAttrs["reduce"]["kind"],
  axes: readonly number[] | undefined,
  keepDims: boolean,
): Operand {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { view, value } = input;
  const along = axes?.map((axis) => fromFront(axis, view.length)) ?? view.map((_, axis) => axis);
  const dims = along.flatMap((axis) => dimOf(view, axis) ?? []);
  if (dims.length < along.length) {
    return unsupported(call, context, "images can't be reduced to one");
  }
  const result = context.builder.add("reduce", call.node.name, [value], { kind, dims, keepDims });
  const left = keepDims ? view : renumbered(view.filter((_, axis) => !along.includes(axis)));
  return plainOperand(result, left);
}

/** Products of matrices, the last two axes; of a value and a matrix of weights it is a layer. */
export function matMul(
  call: NodeCall,
  context: NodeContext,
  [turnsA, turnsB]: readonly [boolean, boolean] = [false, false],
): Operand {
  const both = matrices(call, context);
  if (typeof both === "string") return unsupported(call, context, both);
  const { view, values } = both;
  const { builder } = context;
  const turn = (value: Value, isTurned: boolean): Value => {
    const dims = (value.shape ?? []).map((_, dim) => dim);
    const [row, column] = dims.slice(-2);
    const order = [...dims.slice(0, -2), column, row];
    return isTurned
      ? builder.add("permute", `${call.node.name}_turned`, [value], { order })
      : value;
  };
  const factors = [turn(values[0], turnsA), turn(values[1], turnsB)];
  return plainOperand(builder.add("matmul", call.node.name, factors, {}), view);
}

function matrices(call: NodeCall, context: NodeContext) {
  if (call.inputs.length < 2) return MISSING;
  const given = call.inputs.slice(0, 2).map((_, i) => plainInput(call, context, i));
  const [a, b] = given;
  const like = !b || (a && a.view.length >= b.view.length) ? a : b;
  if (!like) return NO_VALUE;
  if (batchAxis(like.view) >= like.view.length - 2) return "its matrices hold several images";
  const values: Value[] = [];
  for (const [i, input] of call.inputs.slice(0, 2).entries()) {
    const value = given[i]
      ? spread(given[i], input, like, call, context)
      : matrixOf(input, like, context);
    if (typeof value === "string") return value;
    values.push(value);
  }
  return { view: like.view, values };
}

/** A constant matrix, or several, with as many dimensions as a value has. */
function matrixOf(input: Operand | undefined, like: PlainValue, context: NodeContext) {
  const tensor: WeightTensor | undefined = input?.kind === "constant" ? input.tensor : undefined;
  if (!tensor || tensor.shape.length < 2) return "one of its inputs is no matrix";
  const extra = like.view.length - tensor.shape.length;
  const batch = batchAxis(like.view) - extra;
  const isAlike = extra >= 0 && (batch < 0 || tensor.shape[batch] === 1);
  if (!isAlike || like.view[batchAxis(like.view)].length > 1) return DIFFERENT;
  const own = batch < 0 ? tensor.shape : tensor.shape.toSpliced(batch, 1);
  const ones = new Array<number>(like.shape.length - own.length).fill(1);
  return constantValue(tensor, [...ones, ...own], context);
}

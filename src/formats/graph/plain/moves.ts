import type { Value } from "../builder.ts";
import { type NodeCall, type NodeContext, unsupported } from "../nodes/context.ts";
import type { Operand } from "../operands.ts";
import { constantValue } from "./constants.ts";
import {
  fileSides,
  NO_VALUE,
  type PlainValue,
  plainInput,
  plainOperand,
  reading,
} from "./values.ts";
import { BATCH, batchAxis, dimOf, renumbered, reshapedView, spliced, type View } from "./view.ts";

// Operators that move, cut and join values of any axes. Nothing moves where only the batch does.

/** @param order of the result's axes; reversed where left out. */
export function transposed(
  call: NodeCall,
  context: NodeContext,
  given: readonly number[] | undefined,
): Operand {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { view, value } = input;
  const axes = given ?? view.map((_, axis) => view.length - 1 - axis);
  const isOrder = [...axes].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (!isOrder || axes.length !== view.length) {
    return unsupported(call, context, `there are no axes ${axes.join(", ")}`);
  }
  const moved = axes.map((axis) => view[axis]);
  const order = moved.flat().filter((dim) => dim !== BATCH);
  const isSame = order.every((dim, i) => dim === i);
  const result = isSame
    ? value
    : context.builder.add("permute", call.node.name, [value], { order });
  return plainOperand(result, renumbered(moved));
}

/** @param target of the file; 0 keeps a side with `keepsZero`, and one may be −1. */
export function reshaped(
  call: NodeCall,
  context: NodeContext,
  target: readonly number[],
  keepsZero = false,
): Operand {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const from = fileSides(input, context);
  const sides = target.map((side, axis) => (side === 0 && keepsZero ? from[axis] : side));
  if (!from.every((side) => side !== null) || !sides.every((side) => side != null)) {
    return unsupported(call, context, "the size isn't known");
  }
  const size = from.reduce((product, side) => product * side, 1);
  const known = sides.reduce((product, side) => (side === -1 ? product : product * side), 1);
  const whole = sides.map((side) => (side === -1 ? size / known : side));
  const { batch } = reading(context);
  const shape = input.shape.map(Number);
  const result = reshapedView(shape, input.view, whole, batch);
  if (!result || !whole.every((side) => Number.isSafeInteger(side) && side > 0)) {
    const [was, wanted] = [from, target].map((list) => list.join(", "));
    return unsupported(call, context, `[${was}] can't be reshaped to [${wanted}]`);
  }
  return inShape(call, context, input, result.shape, result.view);
}

/** Ours in another shape of the same elements. */
function inShape(
  { node }: NodeCall,
  { builder }: NodeContext,
  { value, shape: from }: PlainValue,
  shape: readonly (number | null)[],
  view: View,
): Operand {
  if (shape.join() === from.join()) return plainOperand(value, view);
  return plainOperand(
    builder.add("reshape", node.name, [value], { shape: shape.map(Number) }),
    view,
  );
}

/** Counted from the front. */
export const fromFront = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** Drops axes of 1, all where none are named. */
export function squeezed(
  call: NodeCall,
  context: NodeContext,
  axes: readonly number[] | undefined,
): Operand {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { shape, view } = input;
  const named = axes?.map((axis) => fromFront(axis, view.length));
  const dropped = view.flatMap((_, axis) => {
    const dim = dimOf(view, axis);
    const isOne = dim !== undefined && shape[dim] === 1;
    return (named ? named.includes(axis) : isOne) ? [axis] : [];
  });
  const dims = dropped.map((axis) => dimOf(view, axis));
  if (dims.some((dim) => dim === undefined || shape[dim] !== 1)) {
    return unsupported(call, context, "only sides of 1 can be dropped, and not the batch");
  }
  if (shape.includes(null)) return unsupported(call, context, "the size isn't known");
  const left = view.filter((_, axis) => !dropped.includes(axis));
  const sides = shape.filter((_, dim) => !dims.includes(dim));
  return inShape(call, context, input, sides, renumbered(left));
}

/** Adds sides of 1 as these axes of the result. */
export function unsqueezed(
  call: NodeCall,
  context: NodeContext,
  axes: readonly number[] | undefined,
): Operand {
  const input = plainInput(call, context);
  if (!input || !axes) return unsupported(call, context, NO_VALUE);
  const rank = input.view.length + axes.length;
  const sorted = axes.map((axis) => fromFront(axis, rank)).sort((a, b) => a - b);
  if (sorted.some((axis) => !(axis >= 0 && axis < rank))) {
    return unsupported(call, context, `there are no axes ${axes.join(", ")}`);
  }
  const added = withOnes(input, sorted, call, context);
  return typeof added === "string" ? unsupported(call, context, added) : added;
}

/** With sides of 1 at these axes of the result, in their order; a text says why not. */
export function withOnes(
  { value, shape, view }: PlainValue,
  axes: readonly number[],
  call: NodeCall,
  context: NodeContext,
): PlainValue | string {
  if (axes.length === 0) return { kind: "value", layout: "ANY", value, shape, view };
  if (shape.includes(null)) return "the size isn't known";
  let [sides, seen] = [shape, view];
  for (const axis of axes) {
    const before = seen.slice(0, axis).flat();
    const dim = before.filter((each) => each !== BATCH).length;
    sides = sides.toSpliced(dim, 0, 1);
    seen = spliced(seen, axis, 0, 1);
  }
  const name = `${call.node.name}_ones`;
  const result = context.builder.add("reshape", name, [value], { shape: sides.map(Number) });
  return { kind: "value", layout: "ANY", value: result, shape: sides, view: seen };
}

/** Joins values and constants along an axis. */
export function concatenated(
  call: NodeCall,
  context: NodeContext,
  inputs: NodeCall["inputs"],
  given: number,
): Operand {
  const values = inputs.map((_, i) => plainInput({ ...call, inputs }, context, i));
  const first = values.find((value) => value !== undefined);
  if (!first) return unsupported(call, context, NO_VALUE);
  const axis = fromFront(given, first.view.length);
  const dim = dimOf(first.view, axis);
  if (dim === undefined) return unsupported(call, context, "images can't be joined");
  const joined: Value[] = [];
  for (const [i, input] of inputs.entries()) {
    const value = values[i];
    if (value && JSON.stringify(value.view) === JSON.stringify(first.view)) {
      joined.push(value.value);
      continue;
    }
    const tensor = input?.kind === "constant" ? input.tensor : undefined;
    const batch = batchAxis(first.view);
    const isAlike = tensor?.shape.length === first.view.length && tensor.shape[batch] === 1;
    if (!tensor || !isAlike || first.view[batch].length > 1) {
      return unsupported(call, context, "its inputs have different axes");
    }
    joined.push(constantValue(tensor, tensor.shape.toSpliced(batch, 1), context));
  }
  const result = context.builder.add("concat", call.node.name, joined, { dim });
  return plainOperand(result, first.view);
}

/** Repeats sides of 1. @param target of the file, spread from the last axis on. */
export function expanded(call: NodeCall, context: NodeContext, target: readonly number[]): Operand {
  const given = plainInput(call, context);
  if (!given) return unsupported(call, context, NO_VALUE);
  const missing = Math.max(0, target.length - given.view.length);
  const axes = Array.from({ length: missing }, (_, axis) => axis);
  const input = withOnes(given, axes, call, context);
  if (typeof input === "string") return unsupported(call, context, input);
  const { shape, view, value } = input;
  const whole = [...view.slice(0, view.length - target.length).map(() => 1), ...target];
  const sides = [...shape];
  for (const [axis, side] of whole.entries()) {
    const dim = dimOf(view, axis);
    const isBatch = dim === undefined && [1, -1, reading(context).batch].includes(side);
    if (dim === undefined && !isBatch && side !== fileSides(input, context)[axis]) {
      return unsupported(call, context, "the batch can't be repeated");
    }
    if (dim !== undefined && shape[dim] === 1 && side > 1) sides[dim] = side;
  }
  if (sides.join() === shape.join()) return input;
  if (sides.includes(null)) return unsupported(call, context, "the size isn't known");
  const result = context.builder.add("expand", call.node.name, [value], {
    shape: sides.map(Number),
  });
  return plainOperand(result, view);
}

/** More copies than networks have, and fewer than would be a burden. */
const MAX_COPIES = 256;

/** A value several times along its axes. */
export function tiled(
  call: NodeCall,
  context: NodeContext,
  repeats: readonly number[] | undefined,
): Operand {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { view } = input;
  if (repeats?.length !== view.length) return unsupported(call, context, "its copies are computed");
  let { value } = input;
  for (const [axis, count] of repeats.entries()) {
    if (count === 1) continue;
    const dim = dimOf(view, axis);
    if (dim === undefined || !(count > 0 && count <= MAX_COPIES)) {
      return unsupported(call, context, `${count} copies along axis ${axis} aren't supported`);
    }
    const copies = new Array<Value>(count).fill(value);
    value = context.builder.add("concat", call.node.name, copies, { dim });
  }
  return plainOperand(value, view);
}

import type { WeightTensor } from "../../types.ts";
import type { Value } from "../builder.ts";
import { type NodeCall, type NodeContext, unsupported } from "../nodes/context.ts";
import { numbersOf, type Operand } from "../operands.ts";
import { fromFront } from "./moves.ts";
import {
  fileSides,
  NO_VALUE,
  type PlainValue,
  plainInput,
  plainOperand,
  reading,
} from "./values.ts";
import { dimOf, spliced } from "./view.ts";

// Operators that take some entries of a value of any axes.

/** Entries from `start` to `end`, every so many, as Python slices. */
export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export function sliced(call: NodeCall, context: NodeContext, ranges: readonly Range[]): Operand {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  let current = input;
  for (const [i, range] of ranges.entries()) {
    const name = ranges.length === 1 ? call.node.name : `${call.node.name}_${i}`;
    const value = inRange(name, current, range, context);
    if (typeof value === "string") return unsupported(call, context, value);
    current = { ...current, value, shape: value.shape ?? [] };
  }
  return plainOperand(current.value, input.view);
}

function inRange(
  name: string,
  input: PlainValue,
  { axis: given, start, end, step }: Range,
  context: NodeContext,
): Value | string {
  const axis = fromFront(given, input.view.length);
  const side = fileSides(input, context)[axis];
  const dim = dimOf(input.view, axis);
  if (dim === undefined) {
    const { batch } = reading(context);
    return start === 0 && end >= batch && step === 1 ? input.value : "images can't be cut off";
  }
  if (side == null) return "the size isn't known";
  if (!Number.isInteger(step) || step === 0) return `steps of ${step} aren't supported`;
  const [low, high] = step > 0 ? [0, side] : [-1, side - 1];
  const within = (at: number) => Math.min(Math.max(at < 0 ? at + side : at, low), high);
  const [first, last] = [within(start), end < -side ? low : within(end)];
  const count = Math.ceil((last - first) / step);
  if (!(count > 0)) return "it keeps nothing";
  if (count > MOST_ENTRIES) return `${count} entries are too many`;
  return taken(
    name,
    input,
    dim,
    Array.from({ length: count }, (_, i) => first + i * step),
    context,
  );
}

/** Longer sides than networks have; a damaged file may claim any. */
const MOST_ENTRIES = 65_536;

/** Entries of one dimension of ours. */
function taken(
  name: string,
  { value, shape }: PlainValue,
  dim: number,
  indices: readonly number[],
  { builder }: NodeContext,
): Value {
  const [first] = indices;
  const end = first + indices.length;
  const isRange = indices.every((index, i) => index === first + i);
  if (isRange && first === 0 && shape[dim] === end) return value;
  return isRange
    ? builder.add("narrow", name, [value], { dim, start: first, end })
    : builder.add("select", name, [value], { dim, indices });
}

/** An entry of one axis, which goes, or several in the order of a list. */
export function gathered(
  call: NodeCall,
  context: NodeContext,
  list: WeightTensor | undefined,
  given: number,
): Operand {
  const input = plainInput(call, context);
  const numbers = list && numbersOf(list);
  if (!input) return unsupported(call, context, NO_VALUE);
  if (!list || !numbers || numbers.length === 0 || list.shape.length > 1) {
    return unsupported(call, context, "which entries it takes is computed");
  }
  const axis = fromFront(given, input.view.length);
  const dim = dimOf(input.view, axis);
  if (dim === undefined) return unsupported(call, context, "images can't be picked");
  const side = input.shape[dim];
  if (side === null && numbers.some((index) => index < 0)) {
    return unsupported(call, context, "the size isn't known");
  }
  const indices = numbers.map((index) => (index < 0 ? index + (side ?? 0) : index));
  const isOne = list.shape.length === 0;
  const { name } = call.node;
  const value = taken(isOne ? `${name}_entry` : name, input, dim, indices, context);
  if (!isOne) return plainOperand(value, input.view);
  const left = (value.shape ?? []).toSpliced(dim, 1);
  if (left.includes(null)) return unsupported(call, context, "the size isn't known");
  const without = context.builder.add("reshape", name, [value], { shape: left.map(Number) });
  return plainOperand(without, spliced(input.view, axis, 1, 0));
}

/** Cuts a value in parts along an axis, for each of the node's outputs. @param lengths equal ones where left out. */
export function divided(
  call: NodeCall,
  context: NodeContext,
  given: number,
  lengths: readonly number[] | undefined,
  dropsAxis = false,
): Operand {
  const input = plainInput(call, context);
  if (!input) return unsupported(call, context, NO_VALUE);
  const { name, outputs } = call.node;
  const axis = fromFront(given, input.view.length);
  const dim = dimOf(input.view, axis);
  const side = dim === undefined ? null : input.shape[dim];
  if (dim === undefined || side === null || side > MOST_ENTRIES)
    return unsupported(call, context, "it can't be cut here");
  const each = Math.ceil(side / outputs.length);
  const parts = lengths ?? outputs.map((_, i) => Math.min(each, side - i * each));
  const total = parts.reduce((sum, part) => sum + part, 0);
  const areParts = parts.every((part) => Number.isInteger(part) && part > 0);
  if (parts.length !== outputs.length || total !== side || !areParts) {
    return unsupported(call, context, `parts of ${parts.join(", ")} don't fit a side of ${side}`);
  }
  let start = 0;
  for (const [i, output] of outputs.entries()) {
    const indices = Array.from({ length: parts[i] }, (_, k) => start + k);
    start += parts[i];
    const value = taken(`${name}_${i}`, input, dim, indices, context);
    context.operands.set(output, part(`${name}_${i}`, value));
  }
  return context.operands.get(outputs[0]) ?? plainOperand({});

  function part(partName: string, value: Value): Operand {
    if (!dropsAxis || !input) return plainOperand(value, input?.view);
    const left = (value.shape ?? []).toSpliced(dim ?? 0, 1).map(Number);
    const without = context.builder.add("reshape", partName, [value], { shape: left });
    return plainOperand(without, spliced(input.view, axis, 1, 0));
  }
}

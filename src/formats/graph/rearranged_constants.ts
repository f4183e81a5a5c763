import { stridesOf } from "../../base/index.ts";
import { countElements, reordered } from "../elements/tensors.ts";
import type { WeightTensor } from "../types.ts";
import type { Range } from "./plain/cuts.ts";

// Constants that a graph reshapes and cuts before it uses them.

/** @param target one side may be −1. @returns undefined where it doesn't hold as many elements. */
export function reshapedSides(
  target: readonly number[],
  shape: readonly number[],
): number[] | undefined {
  const total = countElements(shape) ?? 0;
  const known = target.reduce((product, side) => (side === -1 ? product : product * side), 1);
  const filled = target.map((side) => (side === -1 ? total / known : side));
  return countElements(filled) === total ? filled : undefined;
}

/** Without the sides at these axes, or without all of 1. */
export function squeezedSides(
  shape: readonly number[],
  axes: readonly number[] | undefined,
): number[] {
  const dropped = axes?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  return shape.filter((side, axis) => (dropped ? !dropped.includes(axis) : side !== 1));
}

/** With sides of 1 as these axes of the result. */
export function unsqueezedSides(shape: readonly number[], axes: readonly number[]): number[] {
  const sides = [...shape];
  const rank = sides.length + axes.length;
  for (const axis of axes.map((a) => (a < 0 ? a + rank : a)).sort((a, b) => a - b))
    sides.splice(axis, 0, 1);
  return sides;
}

/** Every few elements along some axes; undefined where there is no such axis. */
export function slicedTensor(
  tensor: WeightTensor,
  ranges: readonly Range[],
): WeightTensor | undefined {
  const shape = [...tensor.shape];
  const strides = stridesOf(shape);
  let offset = 0;
  for (const { axis: given, start, end, step } of ranges) {
    const axis = given < 0 ? given + shape.length : given;
    const length = tensor.shape[axis];
    if (length === undefined || !step) return undefined;
    const [first, count] = span(start, end, step, length);
    shape[axis] = count;
    offset += count === 0 ? 0 : first * strides[axis];
    strides[axis] *= step;
  }
  return reordered(tensor, shape, { offset, strides });
}

/** First index and number of indices, as Python slices. */
function span(start: number, end: number, step: number, length: number): [number, number] {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (index: number) =>
    Math.min(Math.max(index < 0 ? index + length : index, low), high);
  const count = Math.max(0, Math.ceil((bound(end) - bound(start)) / step));
  return [bound(start), Math.min(count, length)];
}

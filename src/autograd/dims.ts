import { type Shape, shapeText } from "../base/index.ts";
import { MAX_RANK } from "../kernels/index.ts";

/** One dimension, several, or (null, absent or an empty list) all. Negative ones count from the end. */
export type Dims = number | readonly number[] | null;

/** A dimension as 0..rank − 1. @throws RangeError naming the shape. */
export function resolveDim(name: string, dim: number, shape: Shape): number {
  const rank = Math.max(1, shape.length); // a scalar has the dimensions 0 and −1, as in PyTorch
  if (Number.isInteger(dim) && dim >= -rank && dim < rank) return dim < 0 ? dim + rank : dim;
  throw new RangeError(
    `${name}: dim ${String(dim)} is out of range for shape ${shapeText(shape)}; it goes from ${-rank} to ${rank - 1}`,
  );
}

/** Distinct dimensions in ascending order. @throws RangeError out of range, Error for repeated ones. */
export function resolveDims(name: string, dims: Dims | undefined, shape: Shape): number[] {
  const list = typeof dims === "number" ? [dims] : (dims ?? []);
  if (!Array.isArray(list)) {
    throw new TypeError(`${name}: dim must be a number or a list of numbers, not ${String(dims)}`);
  }
  const all = Array.from(shape, (_, d) => d);
  const resolved = list.map((dim: number) => resolveDim(name, dim, shape));
  if (new Set(resolved).size < resolved.length) {
    throw new Error(
      `${name}: dim ${shapeText(list)} names a dimension of ${shapeText(shape)} twice`,
    );
  }
  return resolved.length === 0 ? all : all.filter((d) => resolved.includes(d));
}

/** The shape after a reduction over `dims`. */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): number[] {
  if (keepdim) return shape.map((n, d) => (dims.includes(d) ? 1 : n));
  return shape.filter((_, d) => !dims.includes(d));
}

/** Where a new dimension goes: 0..rank. */
export function resolveNewDim(name: string, dim: number, shape: Shape): number {
  const places = shape.length + 1;
  if (places > MAX_RANK) {
    throw new Error(
      `${name}: ${shapeText(shape)} has ${MAX_RANK} dimensions already, the most there can be`,
    );
  }
  if (Number.isInteger(dim) && dim >= -places && dim < places) return dim < 0 ? dim + places : dim;
  throw new RangeError(
    `${name}: dim ${String(dim)} is out of range for a new dimension of ${shapeText(shape)}; it goes from ${-places} to ${places - 1}`,
  );
}

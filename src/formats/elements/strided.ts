import { sizeOf, stridesOf } from "../../base/index.ts";
import type { WeightData } from "../types.ts";
import { FRESH, type Room } from "./decoding.ts";

/** A way to walk through elements that lie in another order than row-major. Counted in elements. */
export interface Strided {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** @returns another array of the same type, in `room`, with the elements in row-major order. */
export function gather(
  source: WeightData,
  shape: readonly number[],
  order: Strided,
  room: Room = FRESH,
): WeightData {
  const count = sizeOf(shape);
  const target = emptyLike(source, count, room);
  gatherInto(target, source, shape, order);
  return target;
}

/** Puts the elements of `source` in row-major order into `target`, an array of the same type with as many elements. */
export function gatherInto(
  target: WeightData,
  source: WeightData,
  shape: readonly number[],
  order: Strided,
): void {
  if (target.length > 0) gatherWords(source, target, shape, order);
}

const ARRAYS = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
] as const;

function emptyLike(source: WeightData, length: number, room: Room): WeightData {
  const type = ARRAYS.find((candidate) => source instanceof candidate) ?? Float32Array;
  return new type(room.take(length * type.BYTES_PER_ELEMENT), 0, length);
}

type Words = Uint8Array | Uint16Array | Uint32Array;

/** Moves bit patterns, not numbers: NaN payloads survive, and one loop serves all types of a size. */
function words(data: WeightData): Words {
  const { buffer, byteOffset, byteLength } = data;
  if (data.BYTES_PER_ELEMENT === 1) return new Uint8Array(buffer, byteOffset, byteLength);
  if (data.BYTES_PER_ELEMENT === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

interface Axis {
  readonly length: number;
  /** Steps in the source and in the target, in words. */
  readonly from: number;
  readonly to: number;
}

function gatherWords(
  source: WeightData,
  target: WeightData,
  shape: readonly number[],
  order: Strided,
): void {
  // Elements of 8 bytes are pairs of 4-byte words: one more axis.
  const pair = source.BYTES_PER_ELEMENT === 8 ? 2 : 1;
  const steps = stridesOf(shape);
  const axes: Axis[] = shape.map((length, dim) => ({
    length,
    from: order.strides[dim] * pair,
    to: steps[dim] * pair,
  }));
  if (pair === 2) axes.push({ length: 2, from: 1, to: 1 });
  const { outer, row, column } = planes(axes.filter((axis) => axis.length > 1));
  const from = words(source);
  const to = words(target);
  forEachOffset(outer, order.offset * pair, (fromStart, toStart) => {
    copyPlane(from, to, fromStart, toStart, row, column);
  });
}

const SINGLE: Axis = { length: 1, from: 0, to: 0 };

/** The plane to copy at a time: the axis that runs fastest in the target and that in the source. */
function planes(axes: readonly Axis[]): { outer: Axis[]; row: Axis; column: Axis } {
  const column = axes.at(-1) ?? SINGLE;
  const others = axes.slice(0, -1);
  const row = others.reduce(
    (best, axis) => (axis.from < best.from ? axis : best),
    others.at(-1) ?? SINGLE,
  );
  return { outer: others.filter((axis) => axis !== row), row, column };
}

function forEachOffset(
  axes: readonly Axis[],
  from: number,
  visit: (from: number, to: number) => void,
): void {
  const index = new Array<number>(axes.length).fill(0);
  let to = 0;
  let dim: number;
  do {
    visit(from, to);
    for (dim = axes.length - 1; dim >= 0; dim--) {
      from += axes[dim].from;
      to += axes[dim].to;
      if (++index[dim] < axes[dim].length) break;
      from -= axes[dim].from * axes[dim].length;
      to -= axes[dim].to * axes[dim].length;
      index[dim] = 0;
    }
  } while (dim >= 0);
}

/** Tiles keep both sides of a transposition in the cache. */
const TILE = 32;

function copyPlane(
  from: Words,
  to: Words,
  fromStart: number,
  toStart: number,
  row: Axis,
  column: Axis,
): void {
  for (let top = 0; top < row.length; top += TILE) {
    const bottom = Math.min(top + TILE, row.length);
    for (let left = 0; left < column.length; left += TILE) {
      const right = Math.min(left + TILE, column.length);
      for (let i = top; i < bottom; i++) {
        let read = fromStart + i * row.from + left * column.from;
        let write = toStart + i * row.to + left * column.to;
        for (let j = left; j < right; j++) {
          to[write] = from[read];
          write += column.to;
          read += column.from;
        }
      }
    }
  }
}

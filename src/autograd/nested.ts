import { type Shape, sizeOf } from "../base/index.ts";

/** Values as nested lists, fractions with six digits. */
export function nested(values: ArrayLike<number>, [length, ...rest]: Shape, start = 0): unknown {
  const value = values[start]!;
  if (length === undefined) return Number.isInteger(value) ? value : Number(value.toPrecision(6));
  const step = sizeOf(rest);
  return Array.from({ length }, (_, i) => nested(values, rest, start + i * step));
}

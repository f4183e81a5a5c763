import { unravel } from "../compare.ts";
import type { Ref } from "../op_info.ts";
import { generate } from "./array.ts";

/** Flat index of the element of `shape` that a position of a broadcast result reads. */
export function sourceIndex(position: readonly number[], shape: readonly number[]): number {
  const offset = position.length - shape.length;
  return shape.reduce((index, n, d) => index * n + (n === 1 ? 0 : position[offset + d]!), 0);
}

/** NumPy's broadcast shape. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, d) =>
    Math.max(...shapes.map((shape) => shape[d - rank + shape.length] ?? 1)),
  );
}

/** f over broadcast operands. */
export function broadcastRef(operands: readonly Ref[], f: (...values: number[]) => number): Ref {
  const shape = broadcastShape(...operands.map((operand) => operand.shape));
  return generate(shape, (i) => {
    const position = unravel(i, shape);
    return f(...operands.map((operand) => operand.data[sourceIndex(position, operand.shape)]!));
  });
}

import { type Shape, sizeOf } from "../../base/index.ts";
import { linearGrid } from "../../gpu/index.ts";

/** A shape seen along one dimension: [outer, length, inner]. */
export interface Rows {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  /** outer · inner. */
  readonly count: number;
}

export function rowsAlong(shape: Shape, dim: number): Rows {
  const outer = sizeOf(shape.slice(0, dim));
  const inner = sizeOf(shape.slice(dim + 1));
  const length = shape[dim] ?? 1; // a scalar's dimension 0
  return { outer, length, inner, count: outer * inner };
}

/**
 * How many threads of a workgroup share one row: one where rows are short or lie side by side in
 * memory, else as many as keep each busy with some elements.
 */
export function lanesFor({ length, inner }: Rows): 1 | 16 | 64 {
  if (length < 64 || inner >= 32) return 1;
  return length < 256 ? 16 : 64;
}

/** A grid where each workgroup of 64 takes 64 / lanes rows. */
export function rowGrid({ count }: Rows, lanes: number) {
  return linearGrid(count, 64 / lanes);
}

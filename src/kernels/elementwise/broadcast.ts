import { type Shape, sameShape, shapeText, stridesOf } from "../../base/index.ts";
import { MAX_RANK } from "../array.ts";

/** NumPy's rule. @throws Error naming both shapes. */
export function broadcastShapes(name: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new Error(
      `${name}: shapes ${shapeText(a)} and ${shapeText(b)} can't be broadcast together`,
    );
  });
}

/** Strides of `from` when read with the (broadcast) shape `to`: zero along repeated dimensions. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return to.map((_, i) => (i < offset || from[i - offset] === 1 ? 0 : strides[i - offset]!));
}

/**
 * Sizes or strides of a walk as shaders/lib/walk.wgsl reads them: from the innermost dimension on, the outermost at
 * place 5, `filler` where there is none.
 */
export function innerFirst(values: readonly number[], filler = 0): number[] {
  const listed = new Array<number>(8).fill(filler);
  values.forEach((value, d) => {
    listed[d === 0 ? MAX_RANK - 1 : values.length - 1 - d] = value;
  });
  return listed;
}

/** A walk over `dims`, outermost first, with the strides of each operand. */
export interface Walk {
  readonly dims: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** The same walk in as few dimensions as possible: neighbours that all operands walk in step merge. */
export function collapse({ dims, strides }: Walk): Walk {
  const merged: number[] = [];
  const mergedStrides: number[][] = strides.map(() => []);
  dims.forEach((size, d) => {
    if (size === 1) return;
    const last = merged.length - 1;
    const inStep = strides.every((of, k) => mergedStrides[k]![last] === of[d]! * size);
    if (last >= 0 && inStep) {
      merged[last]! *= size;
      for (const [k, of] of strides.entries()) mergedStrides[k]![last] = of[d]!;
    } else {
      merged.push(size);
      for (const [k, of] of strides.entries()) mergedStrides[k]!.push(of[d]!);
    }
  });
  return { dims: merged, strides: mergedStrides };
}

/** How two operands are read for a result of shape `out`; no dims when both are read in order. */
export function operandWalk(a: Shape, b: Shape, out: Shape): Walk {
  if (sameShape(a, b)) return { dims: [], strides: [[], []] };
  return collapse({ dims: out, strides: [broadcastStrides(a, out), broadcastStrides(b, out)] });
}

import { unravel } from "../compare.ts";
import type { Ref } from "../op_info.ts";
import { generate } from "./array.ts";

/** The value at a position. */
export function valueAt(x: Ref, position: readonly number[]): number {
  return x.data[x.shape.reduce((index, n, d) => index * n + position[d]!, 0)]!;
}

/** A result whose every element is read from a place in x; null reads `filler`. */
export function rearrangeRef(
  x: Ref,
  shape: readonly number[],
  from: (position: readonly number[]) => readonly number[] | null,
  filler = 0,
): Ref {
  return generate(shape, (i) => {
    const place = from(unravel(i, shape));
    return place ? valueAt(x, place) : filler;
  });
}

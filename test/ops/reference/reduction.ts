import { unravel } from "../compare.ts";
import type { Ref } from "../op_info.ts";
import { generate } from "./array.ts";
import { sourceIndex } from "./broadcast.ts";

/** f over the values that fall together when `dims` are left out (or become ones). */
export function reduceDimsRef(
  x: Ref,
  dims: readonly number[],
  keepdim: boolean,
  f: (values: readonly number[]) => number,
): Ref {
  const kept = x.shape.map((n, d) => (dims.includes(d) ? 1 : n));
  const groups: number[][] = Array.from({ length: kept.reduce((a, b) => a * b, 1) }, () => []);
  x.data.forEach((value, i) => {
    groups[sourceIndex(unravel(i, x.shape), kept)]!.push(value);
  });
  const shape = keepdim ? kept : x.shape.filter((_, d) => !dims.includes(d));
  return generate(shape, (i) => f(groups[i]!));
}

/** Position of the extreme value: the first of several; NaN wins. */
export function argBest(
  values: readonly number[],
  better: (a: number, b: number) => boolean,
): number {
  let best = 0;
  values.forEach((value, i) => {
    const current = values[best]!;
    if (Number.isNaN(current)) return;
    if (Number.isNaN(value) || better(value, current)) best = i;
  });
  return best;
}

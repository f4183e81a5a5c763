import type { Shape } from "../network_graph.ts";
import { sizeOf } from "../sides.ts";

// How a file sees a value whose axes may be any: tokens, heads of an attention. Ours always has the batch in front, and
// what is left of the file's axes behind it, in their order. So moving the batch, or joining it with another axis, as
// attention is written for [length, batch, features], moves nothing.

/** For each of the file's axes our dimensions that it is made of, the slowest first; the batch is `BATCH`. */
export type View = readonly (readonly number[])[];
export const BATCH = -1;

/** The batch in front, each of our dimensions behind it. */
export function usualView(rank: number): View {
  return Array.from({ length: rank + 1 }, (_, axis) => [axis - 1]);
}

export function isUsual(view: View): boolean {
  return view.every((dims, axis) => dims.length === 1 && dims[0] === axis - 1);
}

/** The file's axes. @param batch what it takes the batch for. */
export function sidesOf(shape: Shape, view: View, batch: number): (number | null)[] {
  return view.map((dims) => sizeOf(dims.map((dim) => (dim === BATCH ? batch : shape[dim]))));
}

/** Our dimension that an axis is; undefined where the batch is in it. */
export function dimOf(view: View, axis: number): number | undefined {
  const dims = view[axis];
  return dims?.length === 1 && dims[0] !== BATCH ? dims[0] : undefined;
}

export function batchAxis(view: View): number {
  return view.findIndex((dims) => dims.includes(BATCH));
}

/** The same axes with our dimensions numbered in their order. */
export function renumbered(axes: View): View {
  let next = 0;
  return axes.map((dims) => dims.map((dim) => (dim === BATCH ? BATCH : next++)));
}

/** Without an axis, with one, or others in place of some. */
export function spliced(view: View, at: number, dropped: number, added: number): View {
  return renumbered(view.toSpliced(at, dropped, ...Array.from({ length: added }, () => [0])));
}

/** A value in another shape: ours, and how the file sees it. */
export interface Reshaped {
  readonly shape: number[];
  readonly view: View;
}

/**
 * What a value becomes when the file reshapes it. The batch keeps its place in the order of the elements: some axis of the
 * target must hold it.
 *
 * @param target of the file, whole, with the batch as `batch`.
 * @returns undefined where no axis can.
 */
export function reshapedView(
  shape: readonly number[],
  view: View,
  target: readonly number[],
  batch: number,
): Reshaped | undefined {
  const dims = view.flat();
  const place = dims.indexOf(BATCH);
  const outer = product(dims.slice(0, place).map((dim) => shape[dim]));
  const inner = product(dims.slice(place + 1).map((dim) => shape[dim]));
  const found = target.flatMap((side, axis) => {
    const before = outer / product(target.slice(0, axis));
    const behind = inner / product(target.slice(axis + 1));
    const fits = Number.isInteger(before) && Number.isInteger(behind);
    return fits && before * behind * batch === side ? [{ axis, before, behind }] : [];
  });
  // Where the batch is 1 there may be several. Best is one for itself, then one that it begins, but for the last: that has features.
  const last = target.length - 1;
  const choices = [
    found.find(({ before, behind }) => before === 1 && behind === 1),
    found.find(({ axis, before }) => before === 1 && (axis < last || last === 0)),
    found.find(({ axis }) => axis < last),
    found[0],
  ];
  const chosen = choices.find((choice) => choice !== undefined);
  if (!chosen) return undefined;
  const { axis, before, behind } = chosen;
  const own = [...(before > 1 ? [before] : []), ...(behind > 1 ? [behind] : [])];
  const held = [...(before > 1 ? [0] : []), BATCH, ...(behind > 1 ? [0] : [])];
  const axes = target.map((_, i) => (i === axis ? held : [0]));
  return { shape: target.toSpliced(axis, 1, ...own), view: renumbered(axes) };
}

function product(sides: readonly number[]): number {
  return sides.reduce((total, side) => total * side, 1);
}

import { listInput } from "../../graph/nodes/context.ts";
import type { Range } from "../../graph/plain/cuts.ts";
import type { TfCall } from "./nodes.ts";

/** What x[a:b, 1, tf.newaxis, ...] takes. */
export interface StridedCut {
  /** Of the input's axes; whole ones are left out. */
  readonly ranges: readonly Range[];
  /** Axes of the input of which one entry is taken: they go. */
  readonly dropped: readonly number[];
  /** Axes of the result that are new, sides of 1. */
  readonly added: readonly number[];
}

/** Reads a StridedSlice of a value of so many axes; undefined where its numbers are computed or don't fit. */
export function stridedCut(call: TfCall, rank: number): StridedCut | undefined {
  const { attributes } = call.node;
  const [begin, end, strides] = [1, 2, 3].map((index) => listInput(call, index));
  if (!begin || end?.length !== begin.length || strides?.length !== begin.length) return undefined;
  const mask = (name: string, i: number) => (attributes.number(`${name}_mask`, 0) >> i) % 2 === 1;
  const given = begin.filter((_, i) => !mask("new_axis", i) && !mask("ellipsis", i)).length;
  const ranges: Range[] = [];
  const [dropped, added]: [number[], number[]] = [[], []];
  let [axis, place] = [0, 0];
  for (const [i, start] of begin.entries()) {
    if (mask("ellipsis", i)) {
      axis += rank - given;
      place += rank - given;
    } else if (mask("new_axis", i)) {
      added.push(place++);
    } else if (mask("shrink_axis", i)) {
      ranges.push({ axis, start, end: start === -1 ? Infinity : start + 1, step: 1 });
      dropped.push(axis++);
    } else {
      const step = strides[i];
      const [least, most] = step > 0 ? [0, Infinity] : [Infinity, -Infinity];
      const range = {
        axis: axis++,
        start: mask("begin", i) ? least : start,
        end: mask("end", i) ? most : end[i],
        step,
      };
      place++;
      if (range.start !== 0 || range.end !== Infinity || step !== 1) ranges.push(range);
    }
  }
  return axis <= rank ? { ranges, dropped, added } : undefined;
}

import { linearGrid } from "../gpu/index.ts";

/** x seen as [outer, length, inner], to be reduced over `length`. */
export interface Middle {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

const WORKGROUP = 64;
/** So many workgroups keep a large GPU busy; fewer, and a long reduction is cut into chunks. */
const ENOUGH_GROUPS = 1024;
/** Elements a thread should reduce at least before another stage pays. */
const WORTH_SPLITTING = 16;

/** How a workgroup of reduce.wgsl and arg_reduce.wgsl lies over [outer, length, inner]. */
export function planReduction({ outer, length, inner }: Middle) {
  const columns = Math.min(inner, WORKGROUP);
  const lanes = powerOfTwoBelow(Math.min(WORKGROUP / columns, length / 4));
  const rows = Math.max(1, Math.min(outer, Math.floor(WORKGROUP / (lanes * columns))));
  const tiles = Math.ceil(inner / columns) * Math.ceil(outer / rows);
  const wanted = Math.min(ENOUGH_GROUPS / tiles, length / (lanes * WORTH_SPLITTING));
  const chunk = Math.ceil(length / Math.max(1, Math.floor(wanted)) / lanes) * lanes;
  const splits = Math.ceil(length / chunk);
  return {
    splits,
    params: { outer, length, inner, rows, lanes, columns, splits, chunk },
    groups: linearGrid(tiles * splits, 1),
  };
}

function powerOfTwoBelow(limit: number): number {
  return limit < 2 ? 1 : 2 ** Math.floor(Math.log2(limit));
}

import { type Device, linearGrid } from "../../gpu/index.ts";
import { adapterClass } from "../tuning/tuning.ts";

/** x seen as [outer, length, inner], to be reduced over `length`. */
export interface Middle {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

const WORKGROUP = 64;

/** One stage of a reduction by reduce.wgsl or arg_reduce.wgsl. */
export interface Stage {
  /** Whether the lanes are combined in workgroup memory, or each leaves a result of its own. */
  readonly tree: boolean;
  /** Results along `length`: 1 when this is the last stage. */
  readonly partials: number;
  readonly params: Readonly<Record<string, number>>;
  readonly groups: readonly [number, number, number];
}

/** How a workgroup lies over [outer, length, inner], and into how many chunks length is cut. */
interface Layout {
  readonly columns: number;
  readonly lanes: number;
  readonly rows: number;
  readonly splits: number;
}

export function planReduction(middle: Middle, device: Device): Stage {
  const software = adapterClass(device) === "software";
  const layout = software ? softwareLayout(middle) : gpuLayout(middle);
  const { columns, lanes, rows } = layout;
  const chunk = Math.ceil(middle.length / layout.splits / lanes) * lanes;
  const splits = Math.ceil(middle.length / chunk);
  return {
    tree: !software && lanes > 1,
    partials: software ? splits * lanes : splits,
    params: { ...middle, rows, lanes, columns, splits, chunk },
    groups: linearGrid(tilesOf(middle, columns, rows) * splits, 1),
  };
}

/** So many workgroups keep a large GPU busy; fewer, and a long reduction is cut into chunks. */
const ENOUGH_GROUPS = 1024;
/** Elements a thread should reduce at least before another stage pays. */
const WORTH_SPLITTING = 16;

function gpuLayout(middle: Middle): Layout {
  const { outer, length, inner } = middle;
  const columns = Math.min(inner, WORKGROUP);
  const lanes = powerOfTwoBelow(Math.min(WORKGROUP / columns, length / 4));
  const rows = rowsOf(outer, lanes * columns);
  const wanted = ENOUGH_GROUPS / tilesOf(middle, columns, rows);
  return { columns, lanes, rows, splits: splitsOf(wanted, length, lanes) };
}

/** Enough for a few cores with SIMD lanes. */
const SOFTWARE_GROUPS = 16;
/** One thread may well walk this far: another launch costs as much. */
const SHORT = 1024;

/** Software adapters pay dearly for barriers and hold few threads: threads work alone. */
function softwareLayout(middle: Middle): Layout {
  const { outer, length, inner } = middle;
  const columns = Math.min(inner, WORKGROUP);
  const enough = outer * inner >= SOFTWARE_GROUPS * WORKGROUP;
  const lanes = enough || length <= SHORT ? 1 : powerOfTwoBelow(WORKGROUP / columns);
  const rows = rowsOf(outer, lanes * columns);
  const wanted = enough || length <= SHORT ? 1 : SOFTWARE_GROUPS / tilesOf(middle, columns, rows);
  return { columns, lanes, rows, splits: splitsOf(wanted, length, lanes) };
}

function rowsOf(outer: number, threadsPerRow: number): number {
  return Math.max(1, Math.min(outer, Math.floor(WORKGROUP / threadsPerRow)));
}

function tilesOf({ outer, inner }: Middle, columns: number, rows: number): number {
  return Math.ceil(inner / columns) * Math.ceil(outer / rows);
}

function splitsOf(wanted: number, length: number, lanes: number): number {
  return Math.max(1, Math.floor(Math.min(wanted, length / (lanes * WORTH_SPLITTING))));
}

function powerOfTwoBelow(limit: number): number {
  return limit < 2 ? 1 : 2 ** Math.floor(Math.log2(limit));
}

import { type DeviceProfile, linearGrid } from "../../gpu/index.ts";
import type { Variant } from "../variants/variant.ts";

/** x seen as [outer, length, inner], to be reduced over `length`. */
export interface Middle {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** One stage of a reduction by reduce.wgsl or arg_reduce.wgsl. */
export interface Stage {
  /** Whether the lanes are combined in workgroup memory, or each leaves a result of its own. */
  readonly tree: boolean;
  /** Results along `length`: 1 when this is the last stage. */
  readonly partials: number;
  readonly params: Readonly<Record<string, number>>;
  readonly groups: readonly [number, number, number];
}

/** A way to lay threads over what is reduced. */
export interface ReductionVariant extends Variant<Middle> {
  stage(middle: Middle, profile: DeviceProfile): Stage;
}

/** How a workgroup lies over [outer, length, inner], and into how many chunks length is cut. */
export interface StageLayout {
  readonly columns: number;
  readonly lanes: number;
  readonly rows: number;
  readonly splits: number;
}

export const WORKGROUP = 64;

/** Elements a thread should reduce at least before another stage pays. */
const WORTH_SPLITTING = 16;

export function stageOf(middle: Middle, layout: StageLayout, tree: boolean): Stage {
  const { columns, lanes, rows } = layout;
  const chunk = Math.ceil(middle.length / layout.splits / lanes) * lanes;
  const splits = Math.ceil(middle.length / chunk);
  return {
    tree: tree && lanes > 1,
    partials: tree ? splits : splits * lanes,
    params: { ...middle, rows, lanes, columns, splits, chunk },
    groups: linearGrid(tilesOf(middle, columns, rows) * splits, 1),
  };
}

export function rowsOf(outer: number, threadsPerRow: number): number {
  return Math.max(1, Math.min(outer, Math.floor(WORKGROUP / threadsPerRow)));
}

export function tilesOf({ outer, inner }: Middle, columns: number, rows: number): number {
  return Math.ceil(inner / columns) * Math.ceil(outer / rows);
}

/** Into how many chunks the length is cut where `wanted` would be good. */
export function splitsOf(wanted: number, length: number, lanes: number): number {
  return Math.max(1, Math.floor(Math.min(wanted, length / (lanes * WORTH_SPLITTING))));
}

export function powerOfTwoBelow(limit: number): number {
  return limit < 2 ? 1 : 2 ** Math.floor(Math.log2(limit));
}

/** Reading all elements once, whatever the layout. */
export function readingCost({ outer, length, inner }: Middle, profile: DeviceProfile): number {
  return outer * length * inner * profile.elementCost;
}

import type { DeviceProfile } from "../../../gpu/index.ts";

/** Threads along one side of a workgroup, which has 8·SIDE × 8·SIDE results (shaders/lib/block.wgsl). */
export type Side = 8 | 16;

/** The larger blocks spend less on loading, where there are enough of them and they aren't half empty. */
export function sideFor(
  { busyWorkgroups }: DeviceProfile,
  rows: number,
  columns: number,
  planes: number,
): Side {
  const blocks = Math.ceil(rows / 128) * Math.ceil(columns / 128) * planes;
  return rows > 64 && columns > 64 && blocks >= busyWorkgroups / 2 ? 16 : 8;
}

/** Whether a block's upper half has all rows of the result, so that the lower one need not be computed. */
export const isHalf = (side: Side, rows: number): boolean => side === 8 && rows <= 32;

/** How a register-tiled kernel is cut: lanes along a row of the output, rows of lanes, and each thread's tile. */
export interface Tile {
  readonly LANES: number;
  readonly GROUP_ROWS: number;
  readonly TM: number;
  readonly TN: number;
}

const WORKGROUP = 64;
/** Enough threads to fill a GPU; more splitting only adds partial sums. */
const ENOUGH_THREADS = 16384;

function powerOfTwoAtLeast(n: number, most: number): number {
  let power = 1;
  while (power < n && power < most) power *= 2;
  return power;
}

/** A tile that wastes little of a product of `rows` × `columns`. */
export function chooseTile(rows: number, columns: number): Tile {
  const TM = powerOfTwoAtLeast(rows, 8);
  const TN = columns > 32 ? 2 : 1;
  const LANES = Math.max(4, powerOfTwoAtLeast(Math.ceil(columns / TN), 32));
  const GROUP_ROWS = Math.min(
    WORKGROUP / LANES,
    powerOfTwoAtLeast(Math.ceil(rows / TM), WORKGROUP),
  );
  return { LANES, GROUP_ROWS, TM, TN };
}

/** Tiles down and across, counted in workgroups. */
export function tileCounts(tile: Tile, rows: number, columns: number): [number, number] {
  return [
    Math.ceil(rows / (tile.TM * tile.GROUP_ROWS)),
    Math.ceil(columns / (tile.TN * tile.LANES)),
  ];
}

/**
 * Into how many slices a reduction is cut so that enough threads work on it, with at least
 * `leastSlice` steps in each.
 */
export function chooseSplits(threads: number, length: number, leastSlice: number): number {
  const wanted = Math.ceil(ENOUGH_THREADS / threads);
  return Math.max(1, Math.min(wanted, Math.floor(length / leastSlice)));
}

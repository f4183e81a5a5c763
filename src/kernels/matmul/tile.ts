/** Rows and columns of the result that a workgroup owns. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
}

/** Workgroups that a product takes, seen in an orientation. */
export function tilesOf({ m, n }: { m: number; n: number }, { rows, columns }: Tile) {
  return [Math.ceil(m / rows), Math.ceil(n / columns)] as const;
}

/** What the kernels have in common that keep a tile of the result in registers, TM rows by TN columns per thread. */
import type { DeviceProfile } from "../../gpu/index.ts";
import type { Product } from "../matmul/problem.ts";
import { type Tile, tilesOf } from "../matmul/tile.ts";
import { COST, idleShare, simdWidth } from "./simd.ts";

export type RegisterSettings = {
  /** Rows and columns of a thread, and threads side by side. */
  readonly TM: number;
  readonly TN: number;
  readonly LANES: number;
  /** Threads that read A together and hand it round; absent where each reads for itself. */
  readonly S?: number;
  /** Exchange the operands and write the result transposed. */
  readonly swapped: boolean;
};

/** What breaks ties: the result as it is. */
export const SWAP_COST = 1;

/** Multiply-adds from which on it is worth the time to compile more than one small tile. */
const LARGE_WORK = 1 << 18;

export function registerTile({ TM, TN, LANES }: RegisterSettings): Tile {
  return { rows: TM, columns: TN * LANES };
}

/** @param sharing threads that may share what they read of A, for TM rows; null without subgroups. */
export function registerSettings(
  { m, n, k, batches }: Product,
  swaps: readonly boolean[],
  rows: readonly number[],
  sharing: ((TM: number) => number) | null,
): RegisterSettings[] {
  const large = m * n * k * batches >= LARGE_WORK;
  const found: RegisterSettings[] = [];
  for (const swapped of swaps)
    for (const TM of rows)
      for (const TN of [4, 8])
        for (const LANES of [4, 8, 16, 32, 64]) {
          if (!large && (TM * TN > 16 || LANES !== 8)) continue;
          const S = sharing && { S: Math.min(sharing(TM), LANES, 16) };
          found.push({ TM, TN, LANES, ...S, swapped });
        }
  return found;
}

/** @param element what reading an element takes, by neighbouring threads side by side. */
export function registerCost(
  product: Product,
  profile: DeviceProfile,
  settings: RegisterSettings,
  element: number,
): number {
  const { TM, TN, LANES, S, swapped } = settings;
  const { m, n, k, batches } = product;
  const [tilesM, tilesN] = tilesOf(swapped ? { m: n, n: m } : { m, n }, registerTile(settings));
  const workgroups = tilesM * tilesN * batches;
  const a = S ? Math.max(1, TM / S) * element + TM * COST.broadcast : TM * COST.load;
  const step = TN * element + a + TM * TN + COST.loop;
  const width = simdWidth(profile);
  const groups = LANES / Math.min(LANES, width);
  const work = groups * (k * step + TM * TN * COST.store) + COST.group;
  return width * (workgroups * work * idleShare(workgroups, profile) + SWAP_COST * Number(swapped));
}

import source from "../../../shaders/matmul/matmul_quad.wgsl";
import { launchProduct } from "../matmul/launch_product.ts";
import type { ProductVariant } from "../matmul/product_variant.ts";
import { type Tile, tilesOf } from "../matmul/tile.ts";
import { SWAP_COST } from "./register_tiles.ts";
import { COST, hasQuads, idleShare, simdWidth } from "./simd.ts";
import { swapsInFours, vec4Params } from "./vec4.ts";

type QuadSettings = { readonly LANES: number; readonly swapped: boolean };

/** What a step of K takes besides two loads: exchanging values, and 64 multiply-adds four of which share a sum's way. */
const SWAPS = 12;
const SUMS = 32;

const tile = ({ LANES }: QuadSettings): Tile => ({ rows: 16, columns: 4 * LANES });

/** The threads of a quad exchange rows of A, four steps of K at a time. */
export const quad: ProductVariant<QuadSettings> = {
  name: "quad",
  sources: [source],
  alongK: true,
  covers: (product, profile) =>
    hasQuads(profile) && product.fours.steps && swapsInFours(product).length > 0,
  // Few, because each takes a tenth of a second to compile.
  settings: (product) =>
    swapsInFours(product).flatMap((swapped) => [8, 32].map((LANES) => ({ LANES, swapped }))),
  tile,

  cost({ m, n, k, batches }, profile, settings) {
    const { swapped, LANES } = settings;
    const [tilesM, tilesN] = tilesOf(swapped ? { m: n, n: m } : { m, n }, tile(settings));
    const workgroups = tilesM * tilesN * batches;
    const step = 2 * COST.loadOfFour + SWAPS + SUMS + COST.loop / 4;
    const work = (LANES / 4) * (k * step + 64 * COST.store) + COST.group;
    const time = workgroups * work * idleShare(workgroups, profile);
    return simdWidth(profile) * (time + SWAP_COST * Number(swapped));
  },

  run(job, settings) {
    const { swapped, LANES } = settings;
    launchProduct(job, swapped, (product) => {
      const { constants, params } = vec4Params(product);
      return { source, tile: tile(settings), constants: { LANES, ...constants }, params };
    });
  },
};

import source from "../../../shaders/matmul/matmul_tiled.wgsl";
import { launchProduct, scalarParams, type Tile, tilesOf } from "./launch_product.ts";
import type { ProductVariant } from "./product_variant.ts";

/** Q × Q blocks of 4 × 4 a thread. */
type TiledSettings = { readonly Q: number };

const tile = ({ Q }: TiledSettings): Tile => ({ rows: 32 * Q, columns: 32 * Q });

/** Workgroups from which on all of a GPU is busy. */
const ENOUGH_TILES = 128;

/** Operands through workgroup memory: reads each element once a tile, and takes any strides. */
export const tiled: ProductVariant<TiledSettings> = {
  name: "tiled",
  sources: [source],
  covers: (_, { cheapBarriers }) => cheapBarriers,
  settings: () => [{ Q: 1 }, { Q: 2 }],
  tile,

  // Large tiles read less; small ones keep more of the GPU busy.
  cost(product, _, settings) {
    const { rows, columns } = tile(settings);
    const [tilesM, tilesN] = tilesOf(product, { rows, columns });
    const workgroups = tilesM * tilesN * product.batches;
    const busy = Math.min(1, workgroups / ENOUGH_TILES);
    return (workgroups * rows * columns * (1 + 32 / rows)) / busy;
  },

  run(job, settings) {
    launchProduct(job, false, (product) => {
      const { a, b } = product;
      const { constants, params } = scalarParams(product);
      const order = { A_K_FAST: a.k.step < a.across.step, B_K_FAST: b.k.step < b.across.step };
      return {
        source,
        tile: tile(settings),
        constants: { ...settings, ...constants, ...order },
        params,
      };
    });
  },
};

import source from "../../../shaders/matmul/matmul_vec4.wgsl";
import { launchProduct } from "../matmul/launch_product.ts";
import type { ProductVariant } from "../matmul/product_variant.ts";
import { quad } from "./matmul_quad.ts";
import {
  type RegisterSettings,
  registerCost,
  registerSettings,
  registerTile,
} from "./register_tiles.ts";
import { COST, hasSubgroups, simdWidth } from "./simd.ts";
import { swapsInFours, vec4Params } from "./vec4.ts";

/** Register tiles in vec4s; threads read A together and hand it round. */
export const vec4: ProductVariant<RegisterSettings> = {
  name: "vec4",
  sources: [source],
  // Quads are faster for certain where they can be used.
  covers: (product, profile) =>
    hasSubgroups(profile) && swapsInFours(product).length > 0 && !quad.covers(product, profile),
  settings: (product, profile) =>
    registerSettings(product, swapsInFours(product), [4, 8, 16], () => simdWidth(profile)),
  tile: registerTile,
  cost: (product, profile, settings) =>
    registerCost(product, profile, settings, COST.loadOfFour / 4),

  run(job, settings) {
    const { swapped, ...tile } = settings;
    launchProduct(job, swapped, (product) => {
      const { constants, params } = vec4Params(product);
      return { source, tile: registerTile(settings), constants: { ...tile, ...constants }, params };
    });
  },
};

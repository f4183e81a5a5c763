import source from "../../../shaders/matmul/matmul_subgroup.wgsl";
import { launchProduct, scalarParams } from "../matmul/launch_product.ts";
import type { ProductVariant } from "../matmul/product_variant.ts";
import {
  type RegisterSettings,
  registerCost,
  registerSettings,
  registerTile,
} from "./register_tiles.ts";
import { COST, hasSubgroups, simdWidth } from "./simd.ts";

/** Register tiles; threads read A together and hand it round, for operands that don't come in fours. */
export const subgroup: ProductVariant<RegisterSettings> = {
  name: "subgroup",
  sources: [source],
  covers: ({ fours }, profile) => hasSubgroups(profile) && !fours.plain && !fours.swapped,
  settings: (product, profile) =>
    registerSettings(product, [false, true], [4, 8, 16], (TM) => Math.min(simdWidth(profile), TM)),
  tile: registerTile,
  cost: (product, profile, settings) => registerCost(product, profile, settings, COST.load),

  run(job, settings) {
    const { swapped, ...tile } = settings;
    launchProduct(job, swapped, (product) => {
      const { constants, params } = scalarParams(product);
      return { source, tile: registerTile(settings), constants: { ...tile, ...constants }, params };
    });
  },
};

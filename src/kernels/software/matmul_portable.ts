import source from "../../../shaders/matmul/matmul.wgsl";
import { launchProduct, scalarParams } from "../matmul/launch_product.ts";
import type { ProductVariant } from "../matmul/product_variant.ts";
import {
  type RegisterSettings,
  registerCost,
  registerSettings,
  registerTile,
} from "./register_tiles.ts";
import { COST, hasSubgroups } from "./simd.ts";

/** Register tiles without anything that an adapter might not have. */
export const portable: ProductVariant<RegisterSettings> = {
  name: "portable",
  sources: [source],
  covers: (_, profile) => profile.kind === "processor" && !hasSubgroups(profile),
  settings: (product) => registerSettings(product, [false, true], [4, 8], null),
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

import type { Settings, Variant } from "../variants/variant.ts";
import type { ProductJob } from "./launch_product.ts";
import type { Product } from "./problem.ts";
import type { Tile } from "./tile.ts";

/** A kernel for matrix products. */
export interface ProductVariant<S extends Settings = Settings> extends Variant<Product, S> {
  /** What of the result a workgroup owns; of the transposed result where `settings.swapped`. */
  tile(settings: S): Tile;
  /** Computes a product, one slice of K or all of it. */
  run(job: ProductJob, settings: S): void;
  /** Whether it reads fastest where both operands are contiguous along K. Default: where they are contiguous across it. */
  readonly alongK?: boolean;
}

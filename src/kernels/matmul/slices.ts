import type { DeviceProfile } from "../../gpu/index.ts";
import type { Choice } from "../variants/variant.ts";
import type { GemmSize } from "./problem.ts";
import type { ProductVariant } from "./product_variant.ts";
import { tilesOf } from "./tile.ts";

/** Steps of K that are worth a slice of their own. */
const LONG_SLICE = 128;

/** Into how many slices K is cut so that all cores work, and how many steps a slice has. */
export function slicesOf(
  { m, n, k, batches }: GemmSize,
  { variant, settings }: Choice<ProductVariant>,
  profile: DeviceProfile,
): { splits: number; kSlice: number } {
  const seen = settings.swapped ? { m: n, n: m } : { m, n };
  const [tilesM, tilesN] = tilesOf(seen, variant.tile(settings));
  const wanted = Math.floor(profile.busyWorkgroups / (tilesM * tilesN * batches));
  const slice = Math.ceil(k / Math.max(1, Math.min(wanted, Math.floor(k / LONG_SLICE))));
  const kSlice = Math.ceil(slice / 4) * 4; // a multiple of what vec4 loads take
  return { splits: Math.ceil(k / kSlice), kSlice };
}

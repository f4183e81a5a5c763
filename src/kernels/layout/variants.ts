import { VariantList } from "../variants/list.ts";
import type { GatherGradient, GatherGradientVariant } from "./gather_gradient.ts";
import { lists } from "./gather_lists.ts";
import { scan } from "./gather_scan.ts";
import { stridedCopy } from "./strided_copy.ts";
import { tiledTranspose } from "./tiled_transpose.ts";
import type { View, ViewCopy } from "./view_copy.ts";

/** Ways to make a view dense. */
export const viewCopies = new VariantList<View, ViewCopy>({
  name: "copy",
  variants: [tiledTranspose, stridedCopy],
});

/** Ways to compute the gradient of taking entries along a dimension. */
export const gatherGradients = new VariantList<GatherGradient, GatherGradientVariant>({
  name: "gather gradient",
  variants: [scan, lists],
});

import { VariantList } from "../variants/list.ts";
import { stridedCopy } from "./strided_copy.ts";
import { tiledTranspose } from "./tiled_transpose.ts";
import type { View, ViewCopy } from "./view_copy.ts";

/** Ways to make a view dense. */
export const viewCopies = new VariantList<View, ViewCopy>({
  name: "copy",
  variants: [tiledTranspose, stridedCopy],
});

import { epilogueText } from "../epilogue.ts";
import { VariantList } from "../variants/list.ts";
import { blocked } from "./blocked.ts";
import type { Gemm, Product } from "./problem.ts";
import type { ProductVariant } from "./product_variant.ts";

function keyOf({ m, n, k, batches, fours, epilogue, layout }: Product): string {
  const allowed = Number(fours.plain) + 2 * Number(fours.swapped) + 4 * Number(fours.steps);
  return `${m}x${n}x${k}x${batches} ${allowed} ${layout} ${epilogueText(epilogue)}`;
}

/** Kernels for matrix products. */
export const products = new VariantList<Product, ProductVariant, Gemm>({
  name: "matmul",
  key: keyOf,
  variants: [blocked],
});

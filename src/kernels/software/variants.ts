import { convolutions } from "../conv2d/variants.ts";
import { products } from "../matmul/variants.ts";
import { reductions } from "../reduce/variants.ts";
import { smallMaps } from "./conv2d_2x2.ts";
import { columnProduct, withoutColumns } from "./conv2d_columns.ts";
import { pixels } from "./depthwise.ts";
import { portable } from "./matmul_portable.ts";
import { quad } from "./matmul_quad.ts";
import { subgroup } from "./matmul_subgroup.ts";
import { vec4 } from "./matmul_vec4.ts";
import { alone } from "./reduce_alone.ts";
import { winograd2, winograd4 } from "./winograd.ts";

/** Adds the kernels for processors (SwiftShader, llvmpipe) to the lists: `init` does so where there is no GPU. */
export function registerProcessorVariants(): void {
  products.add(quad, vec4, subgroup, portable);
  convolutions.add(pixels, columnProduct, withoutColumns, smallMaps, winograd2, winograd4);
  reductions.add(alone);
}

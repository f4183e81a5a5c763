import { type KernelSource, launch, linearGrid, type Params, specialize } from "../../gpu/index.ts";
import type { NDArray } from "../array.ts";
import type { Settings } from "../variants/variant.ts";
import { type Oriented, orient } from "./orient.ts";
import type { Gemm, ProductEpilogue, Stride } from "./problem.ts";
import { type Tile, tilesOf } from "./tile.ts";

/** A product to be written somewhere. */
export interface ProductJob {
  readonly gemm: Gemm;
  /** The result's array; with several splits [splits, …]. */
  readonly to: NDArray;
  /** Left out of the parts that are still to be summed. */
  readonly epilogue: ProductEpilogue;
  /** Into how many slices K is cut, and how many steps a slice has. */
  readonly splits: number;
  readonly kSlice: number;
}

/** A kernel with the constants and parameters that it doesn't share with all others. */
export interface ProductKernel {
  readonly source: KernelSource;
  readonly tile: Tile;
  readonly constants: Settings;
  readonly params: Params;
}

/**
 * Runs a kernel of products.
 * @param kernel says for the product as the kernel sees it what it is launched with.
 */
export function launchProduct(
  { gemm, to, epilogue, splits, kSlice }: ProductJob,
  swapped: boolean,
  kernel: (product: Oriented) => ProductKernel,
): void {
  const product = orient(gemm, swapped);
  const { a, b, m, k, batches, batchDims } = product;
  const { source, tile, constants, params } = kernel(product);
  const [tilesM, tilesN] = tilesOf(product, tile);
  const { bias = null, biasAlong, biasBatch = 0, activation } = epilogue;
  const along = (biasAlong === "rows") === swapped ? "COLUMN_BIAS" : "ROW_BIAS";
  launch(
    specialize(source, {
      T: a.array.dtype,
      TOUT: to.dtype,
      BIAS: bias ? along : "NO_BIAS",
      RELU: activation === "relu",
      ...flatness(product),
      ...constants,
    }),
    { a: a.array, b: b.array, bias: bias ?? a.array, out: to },
    {
      m,
      k,
      tiles_m: tilesM,
      tiles_n: tilesN,
      splits,
      k_slice: kSlice,
      batches,
      batch_dims: batchDims,
      bias_batch: biasBatch,
      ...params,
    },
    linearGrid(tilesM * tilesN * splits * batches, 1),
  );
}

/** Which dimensions count one dimension only: what needs no division. */
function flatness({ n, k, inner, batchDims }: Oriented) {
  return {
    FLAT_N: inner.n >= n,
    FLAT_K: inner.k >= k,
    FLAT_BATCH: batchDims.slice(0, 3).every((size) => size === 1),
  };
}

/** What kernels take that read element by element. */
export function scalarParams({ a, b, m, n, batches, inner, out }: Oriented) {
  return {
    constants: { FLAT_M: inner.m >= m },
    params: {
      n,
      m_inner: inner.m,
      n_inner: inner.n,
      k_inner: inner.k,
      ...strideParams("a_row", a.across),
      ...strideParams("a_k", a.k),
      ...strideParams("b_col", b.across),
      ...strideParams("b_k", b.k),
      ...strideParams("c_row", out.row),
      ...strideParams("c_col", out.column),
      a_first: a.first ?? 0,
      b_first: b.first ?? 0,
      c_first: out.first ?? 0,
      split_size: batches * m * n,
      a_batch: a.batch,
      b_batch: b.batch,
      c_batch: out.batch,
    },
  };
}

function strideParams<N extends string>(name: N, { step, outer = 0 }: Stride) {
  return { [name]: step, [`${name}_outer`]: outer } as Record<N | `${N}_outer`, number>;
}

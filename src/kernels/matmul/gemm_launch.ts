import tiledSource from "../../../shaders/matmul/matmul_tiled.wgsl";
import { type KernelSource, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { type NDArray, stridesOf } from "../array.ts";
import { softwareKernels } from "../tuning/software.ts";
import { type GemmChoice, type GemmVariant, NO_VEC4, type Vec4Allowed } from "../tuning/tuning.ts";
import type { Activation, Gemm, Operand, Placement, Stride } from "./gemm.ts";

export interface Epilogue {
  readonly bias: NDArray | null;
  readonly activation: Activation;
  readonly splits: number;
  readonly kSlice: number;
}

/** A product as a kernel sees it. */
export interface Oriented {
  readonly a: Operand;
  readonly b: Operand;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batches: number;
  readonly batchDims: readonly number[];
  readonly inner: { readonly m: number; readonly n: number; readonly k: number };
  readonly out: Placement;
}

/** A · B as it is, or seen as Cᵀ = Bᵀ · Aᵀ. */
function orient(problem: Gemm, swap: boolean): Oriented {
  const { a, b, m, n, k, batches } = problem;
  const { batchDims = [1, 1, 1, batches] } = problem;
  const inner = { m: problem.inner?.m ?? m, n: problem.inner?.n ?? n, k: problem.inner?.k ?? k };
  const out = problem.out ?? {
    row: { step: n, outer: inner.m * n },
    column: { step: 1, outer: inner.n },
    batch: stridesOf(batchDims).map((stride) => stride * m * n),
  };
  if (!swap) return { a, b, m, n, k, batches, batchDims, inner, out };
  const turned = { ...out, row: out.column, column: out.row };
  const innerTurned = { m: inner.n, n: inner.m, k: inner.k };
  return { a: b, b: a, m: n, n: m, k, batches, batchDims, inner: innerTurned, out: turned };
}

/** Runs one kernel; with several splits `to` is [splits, …]. */
export function runGemm(problem: Gemm, choice: GemmChoice, to: NDArray, epilogue: Epilogue): void {
  const product = orient(problem, choice.swap);
  const { a, b } = product;
  const tiles = [
    Math.ceil(product.m / choice.rows),
    Math.ceil(product.n / choice.columns),
  ] as const;
  const shared = {
    m: product.m,
    k: product.k,
    tiles_m: tiles[0],
    tiles_n: tiles[1],
    splits: epilogue.splits,
    k_slice: epilogue.kSlice,
    batches: product.batches,
    batch_dims: product.batchDims,
    bias_batch: problem.biasBatch ?? 0,
  };
  const inFours = choice.variant === "vec4" || choice.variant === "quad" ? softwareKernels() : null;
  const { params, constants } = inFours?.vec4Params(product) ?? scalarParams(product, choice);
  const along = problem.biasAlong === "rows" ? 2 : 1;
  launch(
    specialize(sourceOf(choice.variant), {
      T: a.array.dtype,
      TOUT: to.dtype,
      BIAS: epilogue.bias ? (choice.swap ? 3 - along : along) : 0,
      RELU: epilogue.activation === "relu",
      ...flatness(product),
      ...choice.constants,
      ...constants,
    }),
    { a: a.array, b: b.array, bias: epilogue.bias ?? a.array, out: to },
    { ...shared, ...params },
    linearGrid(tiles[0] * tiles[1] * epilogue.splits * product.batches, 1),
  );
}

function sourceOf(variant: GemmVariant): KernelSource {
  const source = variant === "tiled" ? tiledSource : softwareKernels()?.sources[variant];
  if (!source) throw new Error(`matmul: the ${variant} kernel isn't loaded`);
  return source;
}

function flatness({ n, k, inner, batchDims }: Oriented) {
  return {
    FLAT_N: inner.n >= n,
    FLAT_K: inner.k >= k,
    FLAT_BATCH: batchDims.slice(0, 3).every((size) => size === 1),
  };
}

function scalarParams({ a, b, m, n, batches, inner, out }: Oriented, choice: GemmChoice) {
  const order = { A_K_FAST: a.k.step < a.across.step, B_K_FAST: b.k.step < b.across.step };
  return {
    constants: { FLAT_M: inner.m >= m, ...(choice.variant === "tiled" && order) },
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

/** In which orientations a product may be computed in vec4s, for the kernels that do so. */
export function vec4Allowed(problem: Gemm): Vec4Allowed {
  const software = softwareKernels();
  if (!software) return NO_VEC4;
  return {
    plain: software.comesInFours(orient(problem, false)),
    swapped: software.comesInFours(orient(problem, true)),
    steps: software.wholeSteps(problem),
  };
}

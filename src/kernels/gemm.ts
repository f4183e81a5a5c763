import portableSource from "../../shaders/matmul.wgsl";
import subgroupSource from "../../shaders/matmul_subgroup.wgsl";
import tiledSource from "../../shaders/matmul_tiled.wgsl";
import { type Kernel, launch, linearGrid, specialize } from "../gpu/index.ts";
import { allocate, type DType, type NDArray, type Shape, stridesOf } from "./array.ts";
import { sumMiddle } from "./sum_partials.ts";
import { chooseGemm, type GemmChoice, type GemmSize, gemmSplits } from "./tuning.ts";

export type Activation = "none" | "relu";

/** How far neighbours along one dimension lie apart; `outer` for the outer one of two dimensions counted as one. */
export interface Stride {
  readonly step: number;
  readonly outer?: number;
}

/** An operand: a matrix (or a batch of them) inside an array. Strides in elements. */
export interface Operand {
  readonly array: NDArray;
  /** From one row (of A) or column (of B) to the next. */
  readonly across: Stride;
  readonly k: Stride;
  /** Along each of the four batch dimensions; 0 where repeated. */
  readonly batch: readonly number[];
  /** Where the first matrix starts. */
  readonly first?: number;
}

/** Where the elements of the result go. */
export interface Placement {
  readonly row: Stride;
  readonly column: Stride;
  readonly batch: readonly number[];
  readonly first?: number;
}

export interface Gemm extends GemmSize {
  readonly a: Operand;
  readonly b: Operand;
  /** Where the result's elements go. Default: row-major matrices, one after the other. */
  readonly out?: Placement;
  /** Rows, columns or steps of K that count two dimensions: the size of the inner one. */
  readonly inner?: { readonly m?: number; readonly n?: number; readonly k?: number };
  /** Four dimensions whose product is `batches`. Default [1, 1, 1, batches]. */
  readonly batchDims?: readonly number[];
  readonly bias?: NDArray | null;
  /** Whether the bias has one value a column (default) or one a row; rows must then be whole stretches of the result. */
  readonly biasAlong?: "columns" | "rows";
  /** From the bias of one matrix to that of the next. Default 0: all have the same. */
  readonly biasBatch?: number;
  readonly activation?: Activation;
  /** Of the result. Default: that of a. */
  readonly dtype?: DType;
}

/** The product of m × k and k × n matrices for every batch, as an array of the given shape. */
export function gemm(problem: Gemm, shape: Shape): NDArray {
  const { bias = null, activation = "none", dtype = problem.a.array.dtype } = problem;
  const { choice, splits, kSlice } = plan(problem);
  if (splits === 1) {
    const out = allocate(shape, dtype);
    run(problem, choice, out, { bias, activation, splits, kSlice });
    return out;
  }
  const { parts, count } = gemmParts(problem);
  const inner = problem.batches * problem.m * problem.n;
  const where = biasPattern(problem);
  return sumMiddle(parts, { outer: 1, count, inner }, shape, { bias, ...where, activation, dtype });
}

/** The product written into an array that others fill too: K is not split. */
export function gemmInto(problem: Gemm, out: NDArray): void {
  const { bias = null, activation = "none" } = problem;
  const choice = chooseGemm(problem.a.array.storage.device, problem);
  run(problem, choice, out, { bias, activation, splits: 1, kSlice: problem.k });
}

/** The product as f32 [count, ...], still to be summed over `count` slices of K; bias and activation left out. */
export function gemmParts(problem: Gemm): { parts: NDArray; count: number } {
  const { choice, splits, kSlice } = plan(problem);
  const parts = allocate([splits, problem.batches, problem.m, problem.n], "f32");
  run(problem, choice, parts, { bias: null, activation: "none", splits, kSlice });
  return { parts, count: splits };
}

/** Which element of the bias belongs to which of the result, as `sumMiddle` wants it. */
function biasPattern({ m, n, batches, inner, biasAlong, biasBatch = 0 }: Gemm): {
  channels: number;
  step: number;
} {
  if (biasAlong !== "rows") return { channels: n, step: 1 };
  return { channels: biasBatch > 0 ? m * batches : m, step: inner?.n ?? n };
}

function plan(problem: Gemm) {
  const { device } = problem.a.array.storage;
  const choice = chooseGemm(device, problem);
  const kSlice = Math.ceil(problem.k / gemmSplits(device, choice, problem));
  return { choice, kSlice, splits: Math.ceil(problem.k / kSlice) };
}

interface Epilogue {
  bias: NDArray | null;
  activation: Activation;
  splits: number;
  kSlice: number;
}

function run(problem: Gemm, choice: GemmChoice, to: NDArray, epilogue: Epilogue): void {
  const { a, b, m, n, inner, out } = choice.swap ? transposed(problem) : oriented(problem);
  const { bias, splits, kSlice } = epilogue;
  const tilesM = Math.ceil(m / choice.rows);
  const tilesN = Math.ceil(n / choice.columns);
  const along = problem.biasAlong === "rows" ? 2 : 1;
  const constants = {
    TOUT: to.dtype,
    BIAS: bias ? (choice.swap ? 3 - along : along) : 0,
    RELU: epilogue.activation === "relu",
    FLAT_M: (inner.m ?? m) >= m,
    FLAT_N: (inner.n ?? n) >= n,
    FLAT_K: (inner.k ?? problem.k) >= problem.k,
    FLAT_BATCH: batchDims(problem)
      .slice(0, 3)
      .every((size) => size === 1),
  };
  launch(
    kernelFor(choice, a, b, constants),
    { a: a.array, b: b.array, bias: bias ?? a.array, out: to },
    {
      m,
      n,
      k: problem.k,
      m_inner: inner.m ?? m,
      n_inner: inner.n ?? n,
      k_inner: inner.k ?? problem.k,
      ...strideParams("a_row", a.across),
      ...strideParams("a_k", a.k),
      ...strideParams("b_col", b.across),
      ...strideParams("b_k", b.k),
      ...strideParams("c_row", out.row),
      ...strideParams("c_col", out.column),
      tiles_m: tilesM,
      tiles_n: tilesN,
      splits,
      k_slice: kSlice,
      batches: problem.batches,
      a_first: a.first ?? 0,
      b_first: b.first ?? 0,
      c_first: out.first ?? 0,
      bias_batch: problem.biasBatch ?? 0,
      split_size: problem.batches * m * n,
      batch_dims: batchDims(problem),
      a_batch: a.batch,
      b_batch: b.batch,
      c_batch: out.batch,
    },
    linearGrid(tilesM * tilesN * splits * problem.batches, 1),
  );
}

function strideParams<N extends string>(name: N, { step, outer = 0 }: Stride) {
  return { [name]: step, [`${name}_outer`]: outer } as Record<N | `${N}_outer`, number>;
}

function batchDims({ batches, batchDims: dims = [1, 1, 1, batches] }: Gemm): readonly number[] {
  return dims;
}

function oriented(problem: Gemm) {
  const { a, b, m, n, inner = {} } = problem;
  const batch = stridesOf(batchDims(problem)).map((stride) => stride * m * n);
  const row = { step: n, outer: (inner.m ?? 0) * n };
  const out: Placement = problem.out ?? { row, column: { step: 1, outer: inner.n }, batch };
  return { a, b, m, n, inner, out };
}

/** The same product seen as Cᵀ = Bᵀ · Aᵀ. */
function transposed(problem: Gemm) {
  const { a, b, m, n, inner, out } = oriented(problem);
  return {
    a: b,
    b: a,
    m: n,
    n: m,
    inner: { m: inner.n, n: inner.m, k: inner.k },
    out: { ...out, row: out.column, column: out.row },
  };
}

const SOURCES = {
  portable: portableSource,
  subgroup: subgroupSource,
  tiled: tiledSource,
} as const;

function kernelFor(
  choice: GemmChoice,
  a: Operand,
  b: Operand,
  constants: Record<string, DType | number | boolean>,
): Kernel {
  const order = { A_K_FAST: a.k.step < a.across.step, B_K_FAST: b.k.step < b.across.step };
  return specialize(SOURCES[choice.variant], {
    T: a.array.dtype,
    ...constants,
    ...choice.constants,
    ...(choice.variant === "tiled" && order),
  });
}

import { allocate, type DType, type NDArray, type Shape } from "../array.ts";
import { sumMiddle } from "../reduce/sum_partials.ts";
import { chooseGemm, type GemmChoice, type GemmSize, gemmSplits } from "../tuning/tuning.ts";
import { runGemm, vec4Allowed } from "./gemm_launch.ts";

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
    runGemm(problem, choice, out, { bias, activation, splits, kSlice });
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
  const choice = choiceFor(problem);
  runGemm(problem, choice, out, { bias, activation, splits: 1, kSlice: problem.k });
}

/** The product as f32 [count, ...], still to be summed over `count` slices of K; bias and activation left out. */
export function gemmParts(problem: Gemm): { parts: NDArray; count: number } {
  const { choice, splits, kSlice } = plan(problem);
  const parts = allocate([splits, problem.batches, problem.m, problem.n], "f32");
  runGemm(problem, choice, parts, { bias: null, activation: "none", splits, kSlice });
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
  const choice = choiceFor(problem);
  const slice = Math.ceil(problem.k / gemmSplits(device, choice, problem));
  const kSlice = Math.ceil(slice / 4) * 4; // a multiple of what vec4 loads take
  return { choice, kSlice, splits: Math.ceil(problem.k / kSlice) };
}

function choiceFor(problem: Gemm): GemmChoice {
  return chooseGemm(problem.a.array.storage.device, problem, vec4Allowed(problem), problem);
}

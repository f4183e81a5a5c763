import portableSource from "../../shaders/matmul.wgsl";
import subgroupSource from "../../shaders/matmul_subgroup.wgsl";
import tiledSource from "../../shaders/matmul_tiled.wgsl";
import { type Kernel, launch, linearGrid, specialize } from "../gpu/index.ts";
import { allocate, type DType, type NDArray, type Shape } from "./array.ts";
import { sumMiddle } from "./sum_partials.ts";
import { chooseGemm, type GemmChoice, type GemmSize, gemmSplits } from "./tuning.ts";

export type Activation = "none" | "relu";

/** A matrix inside an array. Strides in elements. */
export interface Matrix {
  readonly array: NDArray;
  /** From one row (of A) or column (of B) to the next. */
  readonly stride: number;
  /** Along K. */
  readonly k: number;
  /** Along each of the four batch dimensions; 0 where repeated. */
  readonly batch: readonly number[];
}

export interface Gemm extends GemmSize {
  readonly a: Matrix;
  readonly b: Matrix;
  /** Four dimensions whose product is `batches`. Default [1, 1, 1, batches]. */
  readonly batchDims?: readonly number[];
  /** One value a column of the result. */
  readonly bias?: NDArray | null;
  readonly activation?: Activation;
  /** Of the result. Default: that of a. */
  readonly dtype?: DType;
}

/** The product of m × k and k × n matrices for every batch, as [...batches, m, n] in the given shape. */
export function gemm(problem: Gemm, shape: Shape): NDArray {
  const { bias = null, activation = "none", dtype = problem.a.array.dtype } = problem;
  const { device } = problem.a.array.storage;
  const choice = chooseGemm(device, problem);
  const slices = gemmSplits(device, choice, problem);
  const kSlice = Math.ceil(problem.k / slices);
  const splits = Math.ceil(problem.k / kSlice);
  if (splits === 1) {
    const out = allocate(shape, dtype);
    run(problem, choice, out, { bias, activation, splits, kSlice });
    return out;
  }
  const inner = problem.batches * problem.m * problem.n;
  const parts = allocate([splits, inner], "f32");
  run(problem, choice, parts, { bias: null, activation: "none", splits, kSlice });
  return sumMiddle(parts, { outer: 1, count: splits, inner }, shape, {
    bias,
    cols: problem.n,
    activation,
    dtype,
  });
}

interface Epilogue {
  bias: NDArray | null;
  activation: Activation;
  splits: number;
  kSlice: number;
}

function run(problem: Gemm, choice: GemmChoice, out: NDArray, epilogue: Epilogue): void {
  const { swap } = choice;
  const [a, b] = swap ? [problem.b, problem.a] : [problem.a, problem.b];
  const [m, n] = swap ? [problem.n, problem.m] : [problem.m, problem.n];
  const { bias, splits, kSlice } = epilogue;
  const tilesM = Math.ceil(m / choice.rows);
  const tilesN = Math.ceil(n / choice.columns);
  launch(
    kernelFor(choice, a, b, out, epilogue),
    { a: a.array, b: b.array, bias: bias ?? a.array, out },
    {
      m,
      n,
      k: problem.k,
      a_row: a.stride,
      a_k: a.k,
      b_k: b.k,
      b_col: b.stride,
      c_row: swap ? 1 : n,
      c_col: swap ? m : 1,
      tiles_m: tilesM,
      tiles_n: tilesN,
      splits,
      k_slice: kSlice,
      batches: problem.batches,
      batch_dims: problem.batchDims ?? [1, 1, 1, problem.batches],
      a_batch: a.batch,
      b_batch: b.batch,
    },
    linearGrid(tilesM * tilesN * splits * problem.batches, 1),
  );
}

const SOURCES = { portable: portableSource, subgroup: subgroupSource, tiled: tiledSource } as const;

function kernelFor(
  choice: GemmChoice,
  a: Matrix,
  b: Matrix,
  out: NDArray,
  epilogue: Epilogue,
): Kernel {
  const order = { A_K_FAST: a.k < a.stride, B_K_FAST: b.k < b.stride };
  return specialize(SOURCES[choice.variant], {
    T: a.array.dtype,
    TOUT: out.dtype,
    ...choice.constants,
    ...(choice.variant === "tiled" && order),
    BIAS: epilogue.bias ? (choice.swap ? 2 : 1) : 0,
    RELU: epilogue.activation === "relu",
  });
}

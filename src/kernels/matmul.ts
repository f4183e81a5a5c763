import matmulSource from "../../shaders/matmul.wgsl";
import { launch, linearGrid, specialize } from "../gpu/index.ts";
import { allocate, type NDArray, type Shape, shapeText } from "./array.ts";
import { broadcastShapes, broadcastStrides } from "./broadcast.ts";
import { sumMiddle } from "./sum_partials.ts";
import { chooseSplits, chooseTile, tileCounts } from "./tuning.ts";

export type Activation = "none" | "relu";

export interface MatmulOptions {
  /** Read the last two dimensions of a (of b) the other way round. */
  transposeA?: boolean;
  transposeB?: boolean;
  /** [n], added to every row. */
  bias?: NDArray | null;
  activation?: Activation;
}

interface Product {
  m: number;
  n: number;
  k: number;
  /** Batch dimensions of the result, broadcast from both operands'. */
  batch: number[];
}

/** a · b over the last two dimensions, [..., m, k] · [..., k, n], with batch dimensions broadcast. Both of rank 2 or more. */
export function matmul(a: NDArray, b: NDArray, options: MatmulOptions = {}): NDArray {
  const { transposeA = false, transposeB = false, bias = null, activation = "none" } = options;
  const product = productOf(a, b, transposeA, transposeB);
  const { m, n, k, batch } = product;
  const batches = batch.reduce((all, size) => all * size, 1);
  const tile = chooseTile(m, n);
  const [tilesM, tilesN] = tileCounts(tile, m, n);
  const splits = chooseSplits(batches * tilesM * tilesN * tile.LANES * tile.GROUP_ROWS, k, 128);
  const kSlice = Math.ceil(k / splits);
  const epilogue = { BIAS: bias !== null, RELU: activation === "relu" };
  const dtype = splits > 1 ? "f32" : a.dtype;
  const out = allocate(splits > 1 ? [splits, batches, m, n] : [...batch, m, n], dtype);
  launch(
    specialize(matmulSource, { T: a.dtype, TOUT: dtype, ...tile, ...(splits > 1 ? {} : epilogue) }),
    { a, b, bias: bias ?? a, out },
    {
      m,
      n,
      k,
      a_row: transposeA ? 1 : k,
      a_k: transposeA ? m : 1,
      b_k: transposeB ? 1 : n,
      b_col: transposeB ? k : 1,
      tiles_m: tilesM,
      tiles_n: tilesN,
      splits,
      k_slice: kSlice,
      batches,
      ...batchParams(a, b, batch),
    },
    linearGrid(tilesM * tilesN * splits * batches, 1),
  );
  if (splits === 1) return out;
  return sumMiddle(out, { outer: 1, count: splits, inner: batches * m * n }, [...batch, m, n], {
    bias,
    cols: n,
    activation,
    dtype: a.dtype,
  });
}

function productOf(a: NDArray, b: NDArray, transposeA: boolean, transposeB: boolean): Product {
  if (a.dtype !== b.dtype) {
    throw new Error(
      `matmul: dtypes ${a.dtype} and ${b.dtype} differ; convert one with to("${a.dtype}")`,
    );
  }
  const [m, k] = lastTwo(a.shape, transposeA);
  const [k2, n] = lastTwo(b.shape, transposeB);
  if (k !== k2) {
    throw new Error(
      `matmul: shapes ${shapeText(a.shape)} and ${shapeText(b.shape)} don't fit: the inner sizes ${k} and ${k2} differ`,
    );
  }
  return { m, n, k, batch: broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2)) };
}

function lastTwo(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}

function batchParams(a: NDArray, b: NDArray, batch: readonly number[]) {
  const strides = (array: NDArray) => {
    const matrix = array.shape.at(-1)! * array.shape.at(-2)!;
    return padTo4(
      broadcastStrides(array.shape.slice(0, -2), batch).map((stride) => stride * matrix),
      0,
    );
  };
  return { batch_dims: padTo4(batch, 1), a_batch: strides(a), b_batch: strides(b) };
}

function padTo4(values: readonly number[], filler: number): number[] {
  return [...new Array<number>(4 - values.length).fill(filler), ...values];
}

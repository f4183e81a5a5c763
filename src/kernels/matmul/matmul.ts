import type { Shape } from "../../base/index.ts";
import type { NDArray } from "../array.ts";
import { broadcastShapes, broadcastStrides } from "../elementwise/broadcast.ts";
import type { Epilogue } from "../epilogue.ts";
import { gemm } from "./gemm.ts";
import type { Operand } from "./problem.ts";

export interface MatmulOptions extends Epilogue {
  /** Read the last two dimensions of a (of b) the other way round. */
  transposeA?: boolean;
  transposeB?: boolean;
}

/**
 * a · b over the last two dimensions, [..., m, k] · [..., k, n], with batch dimensions broadcast. Callers have checked
 * that both have rank 2 or more and the same k. A bias is [n], added to every row.
 */
export function matmul(a: NDArray, b: NDArray, options: MatmulOptions = {}): NDArray {
  const { transposeA = false, transposeB = false, bias, activation } = options;
  if (a.dtype !== b.dtype) {
    throw new Error(
      `matmul: dtypes ${a.dtype} and ${b.dtype} differ; convert one with to("${a.dtype}")`,
    );
  }
  const [m, k] = lastTwo(a.shape, transposeA);
  const [, n] = lastTwo(b.shape, transposeB);
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return gemm(
    {
      m,
      n,
      k,
      batches: batch.reduce((all, size) => all * size, 1),
      batchDims: padTo4(batch, 1),
      a: {
        ...(transposeA ? columnMajor(m) : rowMajor(k)),
        ...inBatch(a, batch),
      },
      b: {
        ...(transposeB ? rowMajor(k) : columnMajor(n)),
        ...inBatch(b, batch),
      },
      epilogue: { bias, activation },
    },
    [...batch, m, n],
  );
}

function lastTwo(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}

/** K runs along the rows of an array of this width. */
function rowMajor(width: number) {
  return { across: { step: width }, k: { step: 1 } };
}

/** K runs down the columns of an array of this width. */
function columnMajor(width: number) {
  return { across: { step: 1 }, k: { step: width } };
}

function inBatch(array: NDArray, batch: readonly number[]): Pick<Operand, "array" | "batch"> {
  const matrix = array.shape.at(-1)! * array.shape.at(-2)!;
  const strides = broadcastStrides(array.shape.slice(0, -2), batch).map(
    (stride) => stride * matrix,
  );
  return { array, batch: padTo4(strides, 0) };
}

function padTo4(values: readonly number[], filler: number): number[] {
  return [...new Array<number>(4 - values.length).fill(filler), ...values];
}

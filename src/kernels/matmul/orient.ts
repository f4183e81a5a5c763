import { stridesOf } from "../../base/index.ts";
import type { Gemm, Operand, Placement } from "./problem.ts";

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

/** A · B as it is, or, swapped, seen as Cᵀ = Bᵀ · Aᵀ: threads then lie along the rows of the result. */
export function orient(problem: Gemm, swapped: boolean): Oriented {
  const { a, b, m, n, k, batches } = problem;
  const { batchDims = [1, 1, 1, batches] } = problem;
  const inner = { m: problem.inner?.m ?? m, n: problem.inner?.n ?? n, k: problem.inner?.k ?? k };
  const out = problem.out ?? {
    row: { step: n, outer: inner.m * n },
    column: { step: 1, outer: inner.n },
    batch: stridesOf(batchDims).map((stride) => stride * m * n),
  };
  if (!swapped) return { a, b, m, n, k, batches, batchDims, inner, out };
  const turned = { ...out, row: out.column, column: out.row };
  const innerTurned = { m: inner.n, n: inner.m, k: inner.k };
  return { a: b, b: a, m: n, n: m, k, batches, batchDims, inner: innerTurned, out: turned };
}

import { type Oriented, orient } from "./orient.ts";
import type { Fours, Gemm, Operand } from "./problem.ts";

/** In which orientations a product comes in whole vec4s, and whether steps of K do. */
export function foursOf(problem: Gemm): Fours {
  const { k, inner } = problem;
  return {
    plain: comesInFours(orient(problem, false)),
    swapped: comesInFours(orient(problem, true)),
    steps: inFours([k, inner?.k]),
  };
}

function comesInFours({ a, b, m, n, k, inner, out }: Oriented): boolean {
  if (inner.m < m || out.column.step !== 1) return false;
  const result = [n, inner.n, out.row.step, out.column.outer, out.first, ...out.batch];
  return inFours(result) && runsOn(a, m, [k, inner.k]) && runsOn(b, n, [k, inner.k]);
}

/** Along its rows (or columns) or along K, an operand must be contiguous in whole vec4s. */
function runsOn({ across, k, batch, first }: Operand, count: number, steps: number[]): boolean {
  const outer = [across.outer, k.outer, first, ...batch];
  if (k.step === 1) return inFours([...outer, ...steps, across.step]);
  return across.step === 1 && inFours([...outer, count, k.step]);
}

function inFours(values: readonly (number | undefined)[]): boolean {
  return values.every((value = 0) => value % 4 === 0);
}

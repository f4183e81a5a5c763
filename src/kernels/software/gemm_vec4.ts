import type { Gemm, Operand } from "../matmul/gemm.ts";
import type { Oriented } from "../matmul/gemm_launch.ts";

/** What matmul_vec4.wgsl and matmul_quad.wgsl take for a product: sizes and strides in vec4s. */
export function vec4Params({ a, b, m, n, batches, inner, out }: Oriented) {
  const quarter = (elements = 0) => elements / 4;
  return {
    constants: { A_K: a.k.step === 1, B_K: b.k.step === 1 },
    params: {
      groups_n: n / 4,
      n_inner: inner.n / 4,
      k_inner: inner.k,
      a_row: Math.floor(a.across.step / 4),
      a_k: Math.floor(a.k.step / 4),
      a_k_outer: quarter(a.k.outer),
      b_col: Math.floor(b.across.step / 4),
      b_col_outer: quarter(b.across.outer),
      b_k: Math.floor(b.k.step / 4),
      b_k_outer: quarter(b.k.outer),
      c_row: quarter(out.row.step),
      c_col_outer: quarter(out.column.outer),
      a_first: quarter(a.first),
      b_first: quarter(b.first),
      c_first: quarter(out.first),
      split_size: quarter(batches * m * n),
      a_batch: a.batch.map(quarter),
      b_batch: b.batch.map(quarter),
      c_batch: out.batch.map(quarter),
    },
  };
}

/** Whether they can compute a product in this orientation: everything comes in fours. */
export function comesInFours({ a, b, m, n, k, inner, out }: Oriented): boolean {
  if (inner.m < m || out.column.step !== 1) return false;
  const result = [n, inner.n, out.row.step, out.column.outer, out.first, ...out.batch];
  return inFours(result) && runsOn(a, m, [k, inner.k]) && runsOn(b, n, [k, inner.k]);
}

/** Whether K can be taken four steps at a time. */
export function wholeSteps({ k, inner }: Gemm): boolean {
  return inFours([k, inner?.k]);
}

/** Along its rows (or columns) or along K, an operand must run on in whole vec4s. */
function runsOn({ across, k, batch, first }: Operand, count: number, steps: number[]): boolean {
  const outer = [across.outer, k.outer, first, ...batch];
  if (k.step === 1) return inFours([...outer, ...steps, across.step]);
  return across.step === 1 && inFours([...outer, count, k.step]);
}

function inFours(values: readonly (number | undefined)[]): boolean {
  return values.every((value = 0) => value % 4 === 0);
}

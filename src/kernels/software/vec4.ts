import type { Oriented } from "../matmul/orient.ts";
import type { Product } from "../matmul/problem.ts";

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

/** The orientations in which a product can be read and written in vec4s. */
export function swapsInFours({ fours }: Product): boolean[] {
  return [...(fours.plain ? [false] : []), ...(fours.swapped ? [true] : [])];
}

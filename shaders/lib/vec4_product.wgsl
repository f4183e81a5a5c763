// Products in which both operands and the result are read and written four elements at a time. A is contiguous along
// its rows (A_K) or along its columns, B along its columns (B_K) or along its rows, C along its rows, in multiples of
// four. All strides and counts are in vec4s in that direction. With A_K, row i of A at step k is
// in a[batch + i·a_row + k/4], else in a[batch + i/4 + k·a_k]; likewise B; C's row i is out[batch + i·c_row + j/4].
// Columns and steps of K may count two dimensions, as in strided_product.wgsl.
// Uses: activate, product.
const A_K: bool = false;
const B_K: bool = false;

struct Params {
  product: Product,
  m: u32,
  groups_n: u32, // n / 4
  k: u32,
  n_inner: u32, // in vec4s
  k_inner: u32,
  a_row: u32,
  a_k: u32,
  a_k_outer: u32,
  b_col: u32,
  b_col_outer: u32,
  b_k: u32,
  b_k_outer: u32,
  c_row: u32,
  c_col_outer: u32,
}

@group(0) @binding(0) var<storage, read> a: array<vec4<T>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<T>>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<TOUT>>;
@group(0) @binding(4) var<uniform> params: Params;

// Where a group of columns lies, `outer` on for each n_inner groups.
fn column(group: u32, stride: u32, outer: u32) -> u32 {
  if (FLAT_N) { return group * stride; }
  return group / params.n_inner * outer + group % params.n_inner * stride;
}

// Where step k lies; four steps share a vec4 of an operand that is contiguous along K.
fn step_at(k: u32, along_k: bool, stride: u32, outer: u32) -> u32 {
  if (FLAT_K) { return select(k * stride, k / 4u, along_k); }
  let inner = k % params.k_inner;
  return k / params.k_inner * outer + select(inner * stride, inner / 4u, along_k);
}

// `at` is where the group of columns lies in C. Groups beyond the end repeat the last one, in loads and here.
fn store(row: u32, columns: u32, at: u32, batch: u32, values: vec4<f32>) {
  if (row >= params.m) { return; }
  let bias_at = batch * params.product.bias_batch;
  var result = values;
  if (BIAS == COLUMN_BIAS) {
    let j = bias_at + 4u * columns;
    result += vec4<f32>(f32(bias[j]), f32(bias[j + 1u]), f32(bias[j + 2u]), f32(bias[j + 3u]));
  } else if (BIAS == ROW_BIAS) {
    result += f32(bias[bias_at + row]);
  }
  out[at + row * params.c_row] = vec4<TOUT>(activate4(result));
}

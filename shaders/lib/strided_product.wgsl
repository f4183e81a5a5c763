// Products whose operands are read element by element. Element (i, k) of A is a[batch + i·a_row + k·a_k], element
// (k, j) of B is b[batch + k·b_k + j·b_col], element (i, j) of C is out[batch + i·c_row + j·c_col]; each of i, j and
// k may count two dimensions, the inner one of m_inner, n_inner, k_inner elements, with *_outer the stride of the
// outer one (pixels of images, say). Any transposition is a choice of strides, and a broadcast batch has stride 0.
// Uses: activate, product.
const FLAT_M: bool = false;

struct Params {
  product: Product,
  m: u32,
  n: u32,
  k: u32,
  m_inner: u32,
  n_inner: u32,
  k_inner: u32,
  a_row: u32,
  a_row_outer: u32,
  a_k: u32,
  a_k_outer: u32,
  b_col: u32,
  b_col_outer: u32,
  b_k: u32,
  b_k_outer: u32,
  c_row: u32,
  c_row_outer: u32,
  c_col: u32,
  c_col_outer: u32,
}

@group(0) @binding(0) var<storage, read> a: array<T>;
@group(0) @binding(1) var<storage, read> b: array<T>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<TOUT>;
@group(0) @binding(4) var<uniform> params: Params;

// Where index i lies along a dimension of one or two levels.
fn offset(i: u32, flat: bool, inner: u32, stride: u32, outer: u32) -> u32 {
  if (flat) { return i * stride; }
  return i / inner * outer + i % inner * stride;
}

fn offsets(i: vec4<u32>, flat: bool, inner: u32, stride: u32, outer: u32) -> vec4<u32> {
  if (flat) { return i * stride; }
  return i / inner * outer + i % inner * stride;
}

// Rows of A, columns of B and columns of C; those beyond the end repeat the last one.
fn a_rows(rows: vec4<u32>) -> vec4<u32> {
  let i = min(rows, vec4<u32>(params.m - 1u));
  return offsets(i, FLAT_M, params.m_inner, params.a_row, params.a_row_outer);
}

fn b_columns(columns: vec4<u32>) -> vec4<u32> {
  let j = min(columns, vec4<u32>(params.n - 1u));
  return offsets(j, FLAT_N, params.n_inner, params.b_col, params.b_col_outer);
}

fn c_columns(columns: vec4<u32>) -> vec4<u32> {
  let j = min(columns, vec4<u32>(params.n - 1u));
  return offsets(j, FLAT_N, params.n_inner, params.c_col, params.c_col_outer);
}

// Step k of A and of B.
fn a_step(k: u32) -> u32 {
  return offset(k, FLAT_K, params.k_inner, params.a_k, params.a_k_outer);
}

fn b_step(k: u32) -> u32 {
  return offset(k, FLAT_K, params.k_inner, params.b_k, params.b_k_outer);
}

// Where a step of K lies in A and B, and which it is of the inner dimension's.
struct Step {
  a: u32,
  b: u32,
  inner: u32,
}

fn first_step(own: ProductTile) -> Step {
  let k = own.k_start;
  return Step(a_start(params.product, own) + a_step(k), b_start(params.product, own) + b_step(k), select(k % params.k_inner, 0u, FLAT_K));
}

fn next_step(at: Step) -> Step {
  let next = Step(at.a + params.a_k, at.b + params.b_k, at.inner + 1u);
  if (FLAT_K || next.inner < params.k_inner) { return next; }
  let a_wrap = params.a_k_outer - params.k_inner * params.a_k;
  let b_wrap = params.b_k_outer - params.k_inner * params.b_k;
  return Step(next.a + a_wrap, next.b + b_wrap, 0u);
}

fn load_a(at: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(f32(a[at.x]), f32(a[at.y]), f32(a[at.z]), f32(a[at.w]));
}

fn load_b(at: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(f32(b[at.x]), f32(b[at.y]), f32(b[at.z]), f32(b[at.w]));
}

// Rows and columns beyond the end repeat the last one in stores too: the value stored there is the same, and no branch
// is needed. `at` is where the columns lie in C.
fn store4(row: u32, columns: vec4<u32>, at: vec4<u32>, batch: u32, values: vec4<f32>) {
  let i = min(row, params.m - 1u);
  let bias_at = batch * params.product.bias_batch;
  var result = values;
  if (BIAS == COLUMN_BIAS) {
    let j = bias_at + min(columns, vec4<u32>(params.n - 1u));
    result += vec4<f32>(f32(bias[j.x]), f32(bias[j.y]), f32(bias[j.z]), f32(bias[j.w]));
  } else if (BIAS == ROW_BIAS) {
    result += f32(bias[bias_at + i]);
  }
  result = activate4(result);
  let to = at + offset(i, FLAT_M, params.m_inner, params.c_row, params.c_row_outer);
  out[to.x] = TOUT(result.x);
  out[to.y] = TOUT(result.y);
  out[to.z] = TOUT(result.z);
  out[to.w] = TOUT(result.w);
}

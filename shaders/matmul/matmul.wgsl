// C = op(A) · op(B) for every batch, with an optional bias and ReLU; or, with splits > 1, the partial products of
// slices of K, which sum_partials.wgsl adds up. The portable variant: no subgroups, no workgroup memory, no barriers.
//
// Layout: element (i, k) of A is a[batch + i·a_row + k·a_k], element (k, j) of B is b[batch + k·b_k + j·b_col], element
// (i, j) of C is out[batch + i·c_row + j·c_col]; each of i, j and k may count two dimensions, the inner one of m_inner,
// n_inner, k_inner elements, with *_outer the stride of the outer one (pixels of images, say). Any transposition is a choice of strides, and a broadcast batch has
// stride 0. A workgroup is one row of LANES threads and owns TM rows; a thread owns TN columns, LANES apart, so that
// neighbouring lanes read neighbouring addresses of B; all read A at one address.
// Sums are named variables, not an array: some software adapters keep arrays in memory.
// Intensity: 2·TM·TN operations for TM + TN loads; TM·TN + TM + TN registers.
// Uses: grid.
alias T = f32;
alias TOUT = f32;
const LANES: u32 = 16u;
const TM: u32 = 8u; // 4 or 8
const TN: u32 = 8u; // 4 or 8
const BIAS: u32 = 0u; // 0: none, 1: one value a column, 2: one value a row
const RELU: bool = false;
// One dimension behind i, j and k, and behind the batch: integer divisions are dear.
const FLAT_M: bool = false;
const FLAT_N: bool = false;
const FLAT_K: bool = false;
const FLAT_BATCH: bool = false;

struct Params {
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
  tiles_m: u32,
  tiles_n: u32,
  splits: u32,
  k_slice: u32,
  batches: u32,
  a_first: u32,
  b_first: u32,
  c_first: u32,
  bias_batch: u32,
  split_size: u32, // elements of C for all batches
  batch_dims: vec4<u32>,
  a_batch: vec4<u32>,
  b_batch: vec4<u32>,
  c_batch: vec4<u32>,
}

@group(0) @binding(0) var<storage, read> a: array<T>;
@group(0) @binding(1) var<storage, read> b: array<T>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<TOUT>;
@group(0) @binding(4) var<uniform> params: Params;

fn unravel_batch(index: u32) -> vec4<u32> {
  if (FLAT_BATCH) {
    return vec4<u32>(0u, 0u, 0u, index);
  }
  let d = params.batch_dims;
  let w = index % d.w;
  let z = (index / d.w) % d.z;
  let yx = index / (d.w * d.z);
  return vec4<u32>(yx / d.y, yx % d.y, z, w);
}

// Where index i lies along a dimension of one or two levels.
fn offset(i: u32, flat: bool, inner: u32, stride: u32, outer: u32) -> u32 {
  if (flat) {
    return i * stride;
  }
  return i / inner * outer + i % inner * stride;
}

fn offsets(i: vec4<u32>, flat: bool, inner: u32, stride: u32, outer: u32) -> vec4<u32> {
  if (flat) {
    return i * stride;
  }
  return i / inner * outer + i % inner * stride;
}

// Rows and columns beyond the end repeat the last one, in loads and in stores: the value stored there is the same,
// and no branch is needed.
fn store4(row: u32, cols: vec4<u32>, at: vec4<u32>, bias_at: u32, values: vec4<f32>) {
  let i = min(row, params.m - 1u);
  var result = values;
  if (BIAS == 1u) {
    let j = bias_at + cols;
    result += vec4<f32>(f32(bias[j.x]), f32(bias[j.y]), f32(bias[j.z]), f32(bias[j.w]));
  } else if (BIAS == 2u) {
    result += f32(bias[bias_at + i]);
  }
  if (RELU) {
    result = select(result, vec4<f32>(), result < vec4<f32>()); // keeps NaN
  }
  let to = at + offset(i, FLAT_M, params.m_inner, params.c_row, params.c_row_outer);
  out[to.x] = TOUT(result.x);
  out[to.y] = TOUT(result.y);
  out[to.z] = TOUT(result.z);
  out[to.w] = TOUT(result.w);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let index = group_index(group, groups);
  let slab = index / (params.tiles_n * params.tiles_m); // batch · splits + split
  let batch = slab / params.splits;
  let split = slab % params.splits;
  if (batch >= params.batches) { return; }
  let position = unravel_batch(batch);
  let row0 = (index / params.tiles_n) % params.tiles_m * TM;
  let col0 = (index % params.tiles_n) * (LANES * TN) + local.x;
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  let rows0 = offsets(min(row0 + steps, vec4<u32>(params.m - 1u)), FLAT_M, params.m_inner, params.a_row, params.a_row_outer);
  let rows1 = offsets(min(row0 + steps + 4u, vec4<u32>(params.m - 1u)), FLAT_M, params.m_inner, params.a_row, params.a_row_outer);
  let cols_left = min(col0 + LANES * steps, vec4<u32>(params.n - 1u));
  let cols_right = min(col0 + LANES * (steps + 4u), vec4<u32>(params.n - 1u));
  let cols0 = offsets(cols_left, FLAT_N, params.n_inner, params.b_col, params.b_col_outer);
  let cols1 = offsets(cols_right, FLAT_N, params.n_inner, params.b_col, params.b_col_outer);

  var c0 = vec4<f32>();
  var c1 = vec4<f32>();
  var c2 = vec4<f32>();
  var c3 = vec4<f32>();
  var c4 = vec4<f32>();
  var c5 = vec4<f32>();
  var c6 = vec4<f32>();
  var c7 = vec4<f32>();
  var d0 = vec4<f32>();
  var d1 = vec4<f32>();
  var d2 = vec4<f32>();
  var d3 = vec4<f32>();
  var d4 = vec4<f32>();
  var d5 = vec4<f32>();
  var d6 = vec4<f32>();
  var d7 = vec4<f32>();
  let k0 = split * params.k_slice;
  let k1 = min(k0 + params.k_slice, params.k);
  var inner = select(k0 % params.k_inner, 0u, FLAT_K);
  var a_at = params.a_first + dot(position, params.a_batch) +
    offset(k0, FLAT_K, params.k_inner, params.a_k, params.a_k_outer);
  var b_at = params.b_first + dot(position, params.b_batch) +
    offset(k0, FLAT_K, params.k_inner, params.b_k, params.b_k_outer);
  for (var k = k0; k < k1; k++) {
    let at0 = b_at + cols0;
    let b0 = vec4<f32>(f32(b[at0.x]), f32(b[at0.y]), f32(b[at0.z]), f32(b[at0.w]));
    var b1 = vec4<f32>();
    if (TN > 4u) {
      let at1 = b_at + cols1;
      b1 = vec4<f32>(f32(b[at1.x]), f32(b[at1.y]), f32(b[at1.z]), f32(b[at1.w]));
    }
    let i0 = a_at + rows0;
    let r0 = vec4<f32>(f32(a[i0.x]), f32(a[i0.y]), f32(a[i0.z]), f32(a[i0.w]));
    var r1 = vec4<f32>();
    if (TM > 4u) {
      let i1 = a_at + rows1;
      r1 = vec4<f32>(f32(a[i1.x]), f32(a[i1.y]), f32(a[i1.z]), f32(a[i1.w]));
    }
    a_at += params.a_k;
    b_at += params.b_k;
    if (!FLAT_K) {
      inner++;
      if (inner == params.k_inner) {
        inner = 0u;
        a_at += params.a_k_outer - params.k_inner * params.a_k;
        b_at += params.b_k_outer - params.k_inner * params.b_k;
      }
    }
    c0 += r0.x * b0;
    c1 += r0.y * b0;
    c2 += r0.z * b0;
    c3 += r0.w * b0;
    if (TN > 4u) {
      d0 += r0.x * b1;
      d1 += r0.y * b1;
      d2 += r0.z * b1;
      d3 += r0.w * b1;
    }
    if (TM > 4u) {
              c4 += r1.x * b0;
      c5 += r1.y * b0;
      c6 += r1.z * b0;
      c7 += r1.w * b0;
      if (TN > 4u) {
        d4 += r1.x * b1;
        d5 += r1.y * b1;
        d6 += r1.z * b1;
        d7 += r1.w * b1;
      }
    }
  }

  let bias_at = batch * params.bias_batch;
  let base = params.c_first + split * params.split_size + dot(position, params.c_batch);
  let at_left = base + offsets(cols_left, FLAT_N, params.n_inner, params.c_col, params.c_col_outer);
  let at_right = base + offsets(cols_right, FLAT_N, params.n_inner, params.c_col, params.c_col_outer);
  // One place that stores keeps the compiled kernel small.
  var tile = array<vec4<f32>, 16>(c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7);
  for (var i = 0u; i < TM; i++) {
    store4(row0 + i, cols_left, at_left, bias_at, tile[i]);
    if (TN > 4u) {
      store4(row0 + i, cols_right, at_right, bias_at, tile[i + 8u]);
    }
  }
}

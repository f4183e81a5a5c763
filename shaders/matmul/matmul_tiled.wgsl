// C = op(A) · op(B) like matmul.wgsl, for GPUs with fast workgroup memory.
//
// Layout: element (i, k) of A is a[batch + i·a_row + k·a_k], element (k, j) of B is b[batch + k·b_k + j·b_col], element
// (i, j) of C is out[batch + i·c_row + j·c_col]; each of i, j and k may count two dimensions, the inner one of m_inner,
// n_inner, k_inner elements, with *_outer the stride of the outer one (pixels of images, say).. 8 × 8 threads own a tile of 8·Q·4 rows and as many columns (32 or 64); a
// thread owns Q × Q blocks of 4 × 4, 32 apart, so that neighbours read neighbouring vec4s. BK steps of K at a time are
// copied to workgroup memory as vec4s over four rows (A) or columns (B); A_K_FAST and B_K_FAST say along which
// direction the copy runs so that it is coalesced.
// Intensity from memory: 8·Q operations a byte; from workgroup memory 2·16·Q² operations for 2·Q vec4s.
// Workgroup memory: 2·BK·32·Q·4 bytes (8 KiB for Q = 2, BK = 16). Registers: 16·Q² + 8·Q.
// Uses: grid.
alias T = f32;
alias TOUT = f32;
const Q: u32 = 2u; // 1 or 2
const BK: u32 = 16u;
const A_K_FAST: bool = true; // a_k is 1, or at least smaller than a_row
const B_K_FAST: bool = false;
const BIAS: u32 = 0u; // 0: none, 1: one value a column, 2: one value a row
const RELU: bool = false;
// One dimension behind i, j and k, and behind the batch: integer divisions are dear.
const FLAT_M: bool = false;
const FLAT_N: bool = false;
const FLAT_K: bool = false;
const FLAT_BATCH: bool = false;
const QUADS: u32 = 8u * Q;
const THREADS: u32 = 64u;

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

var<workgroup> a_tile: array<vec4<f32>, BK * QUADS>;
var<workgroup> b_tile: array<vec4<f32>, BK * QUADS>;
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

// Where step k lies in A and in B; steps beyond the slice count as zero.
fn k_offset(k: u32, stride: u32, outer: u32) -> u32 {
  let i = min(k, params.k - 1u);
  return offset(i, FLAT_K, params.k_inner, stride, outer);
}

// Four values that lie side by side in C.
fn load_a(at: u32, row: u32, inside: bool) -> vec4<f32> {
  let i = min(row + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.m - 1u));
  let rows = at + offsets(i, FLAT_M, params.m_inner, params.a_row, params.a_row_outer);
  return select(vec4<f32>(), vec4<f32>(f32(a[rows.x]), f32(a[rows.y]), f32(a[rows.z]), f32(a[rows.w])), inside);
}

fn load_b(at: u32, col: u32, inside: bool) -> vec4<f32> {
  let j = min(col + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.n - 1u));
  let cols = at + offsets(j, FLAT_N, params.n_inner, params.b_col, params.b_col_outer);
  return select(vec4<f32>(), vec4<f32>(f32(b[cols.x]), f32(b[cols.y]), f32(b[cols.z]), f32(b[cols.w])), inside);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = group_index(group, groups);
  let slab = index / (params.tiles_n * params.tiles_m); // batch · splits + split
  let batch = slab / params.splits;
  let split = slab % params.splits;
  if (batch >= params.batches) { return; }
  let position = unravel_batch(batch);
  let row0 = (index / params.tiles_n) % params.tiles_m * (4u * QUADS);
  let col0 = (index % params.tiles_n) * (4u * QUADS);
  let a_base = params.a_first + dot(position, params.a_batch);
  let b_base = params.b_first + dot(position, params.b_batch);
  let tx = thread % 8u;
  let ty = thread / 8u;

  var sums: array<vec4<f32>, 4u * Q * Q>;
  let k0 = split * params.k_slice;
  let k1 = min(k0 + params.k_slice, params.k);
  for (var k = k0; k < k1; k += BK) {
    for (var slot = thread; slot < BK * QUADS; slot += THREADS) {
      let a_k = select(slot / QUADS, slot % BK, A_K_FAST);
      let a_quad = select(slot % QUADS, slot / BK, A_K_FAST);
      let a_inside = k + a_k < k1;
      a_tile[a_k * QUADS + a_quad] =
        load_a(a_base + k_offset(k + a_k, params.a_k, params.a_k_outer), row0 + 4u * a_quad, a_inside);
      let b_k = select(slot / QUADS, slot % BK, B_K_FAST);
      let b_quad = select(slot % QUADS, slot / BK, B_K_FAST);
      let b_inside = k + b_k < k1;
      b_tile[b_k * QUADS + b_quad] =
        load_b(b_base + k_offset(k + b_k, params.b_k, params.b_k_outer), col0 + 4u * b_quad, b_inside);
    }
    workgroupBarrier();
    for (var kk = 0u; kk < BK; kk++) {
      for (var i = 0u; i < Q; i++) {
        let rows = a_tile[kk * QUADS + ty + 8u * i];
        for (var j = 0u; j < Q; j++) {
          let cols = b_tile[kk * QUADS + tx + 8u * j];
          let first = 4u * (i * Q + j);
          sums[first] += rows.x * cols;
          sums[first + 1u] += rows.y * cols;
          sums[first + 2u] += rows.z * cols;
          sums[first + 3u] += rows.w * cols;
        }
      }
    }
    workgroupBarrier();
  }

  let bias_at = batch * params.bias_batch;
  let base = params.c_first + split * params.split_size + dot(position, params.c_batch);
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  for (var j = 0u; j < Q; j++) {
    let cols = min(col0 + 4u * (tx + 8u * j) + steps, vec4<u32>(params.n - 1u));
    let at = base + offsets(cols, FLAT_N, params.n_inner, params.c_col, params.c_col_outer);
    for (var i = 0u; i < Q; i++) {
      for (var r = 0u; r < 4u; r++) {
        store4(row0 + 4u * (ty + 8u * i) + r, cols, at, bias_at, sums[4u * (i * Q + j) + r]);
      }
    }
  }
}

// C = op(A) · op(B) like matmul_vec4.wgsl, for software adapters whose subgroups are four lanes: a quad owns 16 × 16 of C.
//
// Lane l of a quad reads rows 4l..4l+3 of A and four neighbouring columns of B of its own, four steps of K at once, and
// multiplies them; then the lanes exchange their rows (quadSwapX, Y, Diagonal: one instruction each, where a broadcast
// takes five) until each has met all 16. So a lane ends up with four columns of four times four rows. Sums stay in
// memory on such adapters: adding four products at a time saves three of four times that they are read and written.
//
// Layouts, strides and counts are those of matmul_vec4.wgsl; K (and what it counts) comes in whole fours.
// Uses: grid.
// Needs: subgroups (lanes of a quad have neighbouring numbers).
// Intensity: 512 operations for 8 loads of a vec4; 64 sums, 32 values of A and B; no workgroup memory, no barrier.
enable subgroups;
alias T = f32;
alias TOUT = f32;
const LANES: u32 = 16u;
const A_K: bool = false;
const B_K: bool = false;
const BIAS: u32 = 0u; // 0: none, 1: one value a column, 2: one value a row
const RELU: bool = false;
const FLAT_N: bool = false;
const FLAT_K: bool = false;
const FLAT_BATCH: bool = false;

struct Params {
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
  tiles_m: u32,
  tiles_n: u32,
  splits: u32,
  k_slice: u32,
  batches: u32,
  a_first: u32,
  b_first: u32,
  c_first: u32,
  bias_batch: u32,
  split_size: u32,
  batch_dims: vec4<u32>,
  a_batch: vec4<u32>,
  b_batch: vec4<u32>,
  c_batch: vec4<u32>,
}

@group(0) @binding(0) var<storage, read> a: array<vec4<T>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<T>>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<TOUT>>;
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

// Where a group of columns lies, `outer` on for each n_inner groups.
fn column(group: u32, stride: u32, outer: u32) -> u32 {
  if (FLAT_N) {
    return group * stride;
  }
  return group / params.n_inner * outer + group % params.n_inner * stride;
}

// Where step k lies; four steps share a vec4 of an operand that runs on along K.
fn step_at(k: u32, run_on: bool, stride: u32, outer: u32) -> u32 {
  if (FLAT_K) {
    return select(k * stride, k / 4u, run_on);
  }
  let inner = k % params.k_inner;
  return k / params.k_inner * outer + select(inner * stride, inner / 4u, run_on);
}

fn store(row: u32, columns: u32, at: u32, bias_at: u32, values: vec4<f32>) {
  if (row >= params.m) {
    return; // groups of columns beyond the end repeat the last one, in loads and here
  }
  var result = values;
  if (BIAS == 1u) {
    let j = bias_at + 4u * columns;
    result += vec4<f32>(f32(bias[j]), f32(bias[j + 1u]), f32(bias[j + 2u]), f32(bias[j + 3u]));
  } else if (BIAS == 2u) {
    result += f32(bias[bias_at + row]);
  }
  if (RELU) {
    result = select(result, vec4<f32>(), result < vec4<f32>()); // keeps NaN
  }
  out[at + row * params.c_row] = vec4<TOUT>(result);
}

// Four rows (or columns) by four steps of K, as four vectors along K (`along_k`) or across it: the same numbers.
fn load_a(at: u32, rows: vec4<u32>) -> mat4x4<f32> {
  let m = mat4x4<f32>(
    vec4<f32>(a[at + rows.x]), vec4<f32>(a[at + rows.y]), vec4<f32>(a[at + rows.z]), vec4<f32>(a[at + rows.w]),
  );
  if (A_K) {
    return m;
  }
  return transpose(m);
}

fn load_b(at: u32, columns: vec4<u32>) -> mat4x4<f32> {
  let m = mat4x4<f32>(
    vec4<f32>(b[at + columns.x]), vec4<f32>(b[at + columns.y]), vec4<f32>(b[at + columns.z]), vec4<f32>(b[at + columns.w]),
  );
  if (B_K) {
    return transpose(m);
  }
  return m;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(subgroup_invocation_id) subgroup_lane: u32,
) {
  let index = group_index(group, groups);
  let slab = index / (params.tiles_n * params.tiles_m); // batch · splits + split
  let batch = slab / params.splits;
  let split = slab % params.splits;
  if (batch >= params.batches) { return; }
  let position = unravel_batch(batch);
  let lane = subgroup_lane % 4u;
  let row0 = (index / params.tiles_n) % params.tiles_m * 16u;
  // In groups of four; those beyond the end repeat the last one.
  let columns = min((index % params.tiles_n) * LANES + local.x, params.groups_n - 1u);
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  var a_from = min(row0 / 4u + lane, (params.m - 1u) / 4u) + steps * params.a_k;
  if (A_K) {
    a_from = min(row0 + 4u * lane + steps, vec4<u32>(params.m - 1u)) * params.a_row;
  }
  var b_from = column(columns, 1u, params.b_col_outer) + steps * params.b_k;
  if (B_K) {
    b_from = column(columns, 4u * params.b_col, params.b_col_outer) + steps * params.b_col;
  }

  var c00 = vec4<f32>();
  var c01 = vec4<f32>();
  var c02 = vec4<f32>();
  var c03 = vec4<f32>();
  var c10 = vec4<f32>();
  var c11 = vec4<f32>();
  var c12 = vec4<f32>();
  var c13 = vec4<f32>();
  var c20 = vec4<f32>();
  var c21 = vec4<f32>();
  var c22 = vec4<f32>();
  var c23 = vec4<f32>();
  var c30 = vec4<f32>();
  var c31 = vec4<f32>();
  var c32 = vec4<f32>();
  var c33 = vec4<f32>();
  let a_first = params.a_first + dot(position, params.a_batch);
  let b_first = params.b_first + dot(position, params.b_batch);
  let k0 = split * params.k_slice; // a multiple of four
  let k1 = min(k0 + params.k_slice, params.k);
  for (var k = k0; k < k1; k += 4u) {
    let b4 = load_b(b_first + step_at(k, B_K, params.b_k, params.b_k_outer), b_from);
    let a4 = load_a(a_first + step_at(k, A_K, params.a_k, params.a_k_outer), a_from);
    var r0 = a4[0];
    var r1 = a4[1];
    var r2 = a4[2];
    var r3 = a4[3];
    c00 += b4 * r0;
    c01 += b4 * r1;
    c02 += b4 * r2;
    c03 += b4 * r3;
    r0 = quadSwapX(a4[0]);
    r1 = quadSwapX(a4[1]);
    r2 = quadSwapX(a4[2]);
    r3 = quadSwapX(a4[3]);
    c10 += b4 * r0;
    c11 += b4 * r1;
    c12 += b4 * r2;
    c13 += b4 * r3;
    r0 = quadSwapY(a4[0]);
    r1 = quadSwapY(a4[1]);
    r2 = quadSwapY(a4[2]);
    r3 = quadSwapY(a4[3]);
    c20 += b4 * r0;
    c21 += b4 * r1;
    c22 += b4 * r2;
    c23 += b4 * r3;
    r0 = quadSwapDiagonal(a4[0]);
    r1 = quadSwapDiagonal(a4[1]);
    r2 = quadSwapDiagonal(a4[2]);
    r3 = quadSwapDiagonal(a4[3]);
    c30 += b4 * r0;
    c31 += b4 * r1;
    c32 += b4 * r2;
    c33 += b4 * r3;
  }

  let bias_at = batch * params.bias_batch;
  let at = params.c_first + split * params.split_size + dot(position, params.c_batch)
    + column(columns, 1u, params.c_col_outer);
  // One place that stores keeps the compiled kernel small.
  var tile = array<vec4<f32>, 16>(
    c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33,
  );
  for (var i = 0u; i < 16u; i++) {
    store(row0 + 4u * (lane ^ (i / 4u)) + i % 4u, columns, at, bias_at, tile[i]);
  }
}

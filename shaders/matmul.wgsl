// C = op(A) · op(B) for every batch, with an optional bias and ReLU; or, with SPLITS > 1, the partial
// products of slices of K, which sum_partials.wgsl adds up.
//
// Layout: element (i, k) of A is a[batch + i·a_row + k·a_k], element (k, j) of B is b[batch + k·b_k + j·b_col]:
// any transposition is a choice of strides, and a broadcast batch has stride 0. C is row-major.
// Each thread keeps TM × TN sums in registers and no workgroup memory, so there are no barriers. Neighbouring
// lanes own neighbouring columns: B is read coalesced, A at one address a row of lanes.
// Intensity: 2·TM·TN operations for TM + TN loads; TM·TN + TM + TN registers.
alias T = f32;
alias TOUT = f32;
const LANES: u32 = 32u;
const GROUP_ROWS: u32 = 2u;
const TM: u32 = 8u;
const TN: u32 = 2u;
const BIAS: bool = false; // one value a column
const RELU: bool = false;

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_row: u32,
  a_k: u32,
  b_k: u32,
  b_col: u32,
  tiles_m: u32,
  tiles_n: u32,
  splits: u32,
  k_slice: u32,
  batches: u32,
  batch_dims: vec4<u32>,
  a_batch: vec4<u32>,
  b_batch: vec4<u32>,
}

@group(0) @binding(0) var<storage, read> a: array<T>;
@group(0) @binding(1) var<storage, read> b: array<T>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<TOUT>;
@group(0) @binding(4) var<uniform> params: Params;

fn unravel_batch(index: u32) -> vec4<u32> {
  let d = params.batch_dims;
  let w = index % d.w;
  let z = (index / d.w) % d.z;
  let yx = index / (d.w * d.z);
  return vec4<u32>(yx / d.y, yx % d.y, z, w);
}

fn finish(value: f32, col: u32) -> f32 {
  var result = value;
  if (BIAS) {
    result += f32(bias[col]);
  }
  if (RELU) {
    result = select(result, 0.0, result < 0.0); // keeps NaN
  }
  return result;
}

@compute @workgroup_size(LANES, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let tile = group.x + group.y * groups.x;
  let slab = tile / (params.tiles_n * params.tiles_m); // batch · splits + split
  let batch = slab / params.splits;
  let split = slab % params.splits;
  if (batch >= params.batches) {
    return;
  }
  let position = unravel_batch(batch);
  let a_base = dot(position, params.a_batch);
  let b_base = dot(position, params.b_batch);
  let row0 = ((tile / params.tiles_n) % params.tiles_m * GROUP_ROWS + local.y) * TM;
  let col0 = (tile % params.tiles_n) * (LANES * TN) + local.x;

  var a_at: array<u32, TM>;
  var b_at: array<u32, TN>;
  var sums: array<array<f32, TN>, TM>;
  let k0 = split * params.k_slice;
  for (var i = 0u; i < TM; i++) {
    a_at[i] = a_base + min(row0 + i, params.m - 1u) * params.a_row + k0 * params.a_k;
  }
  for (var j = 0u; j < TN; j++) {
    b_at[j] = b_base + min(col0 + j * LANES, params.n - 1u) * params.b_col + k0 * params.b_k;
  }
  let k1 = min(k0 + params.k_slice, params.k);
  for (var k = k0; k < k1; k++) {
    var columns: array<f32, TN>;
    for (var j = 0u; j < TN; j++) {
      columns[j] = f32(b[b_at[j]]);
      b_at[j] += params.b_k;
    }
    for (var i = 0u; i < TM; i++) {
      let value = f32(a[a_at[i]]);
      a_at[i] += params.a_k;
      for (var j = 0u; j < TN; j++) {
        sums[i][j] += value * columns[j];
      }
    }
  }

  let out_base = (split * params.batches + batch) * params.m * params.n;
  for (var i = 0u; i < TM; i++) {
    let row = row0 + i;
    for (var j = 0u; j < TN; j++) {
      let col = col0 + j * LANES;
      if (row < params.m && col < params.n) {
        out[out_base + row * params.n + col] = TOUT(finish(sums[i][j], col));
      }
    }
  }
}

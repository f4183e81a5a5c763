// out[o, j, i] = x[o, index(o, j, i), i], for x seen as [outer, length, inner]. The index is one per
// element (gather) or one per j (indexSelect), by its strides. Where it is out of range, floats become
// NaN: a kernel can't throw. Bandwidth-bound, coalesced along inner.
// Uses: grid.
alias T = f32;
alias I = i32;

struct Params {
  n: u32,
  length: u32,
  inner: u32,
  count: u32, // j runs to it
  index_stride_outer: u32,
  index_stride_j: u32,
  index_stride_inner: u32,
  poison_bits: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> indices: array<I>;
@group(0) @binding(2) var<storage, read_write> out: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let n = linear_index(gid, groups);
  if (n >= params.n) { return; }
  let i = n % params.inner;
  let j = n / params.inner % params.count;
  let o = n / params.inner / params.count;
  let at = o * params.index_stride_outer + j * params.index_stride_j + i * params.index_stride_inner;
  let r = u32(indices[at]); // negative ones become large
  if (r < params.length) {
    out[n] = x[(o * params.length + r) * params.inner + i];
  } else {
    out[n] = T(bitcast<f32>(params.poison_bits));
  }
}

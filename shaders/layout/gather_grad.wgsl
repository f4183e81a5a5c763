// dx[o, r, i] = Σ_j dy[o, j, i] where index(o, j, i) == r: each element collects what was taken from
// it, always in the same order, so that the sum is deterministic without atomics. Reads count × n
// indices, which stay in cache: for few indices a line (one for max(dim)); gather_sum.wgsl serves more.
// Uses: grid.
alias T = f32;
alias I = i32;

struct Params {
  n: u32,
  length: u32,
  inner: u32,
  count: u32,
  index_stride_outer: u32,
  index_stride_j: u32,
  index_stride_inner: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> indices: array<I>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let n = linear_index(gid, groups);
  if (n >= params.n) { return; }
  let i = n % params.inner;
  let r = n / params.inner % params.length;
  let o = n / params.inner / params.length;
  let at = o * params.index_stride_outer + i * params.index_stride_inner;
  var sum = 0.0;
  for (var j = 0u; j < params.count; j++) {
    if (u32(indices[at + j * params.index_stride_j]) == r) {
      sum += f32(dy[(o * params.count + j) * params.inner + i]);
    }
  }
  dx[n] = T(sum);
}

// partials[base + group] = Σ x[i]² over the group's share of x: first stage of a gradient norm.
// Each thread strides by the whole grid, so reads are coalesced; then a tree in workgroup memory
// (8 bytes per thread). The order of the sums is fixed.
// Uses: grid, workgroup_sum.

struct Params {
  n: u32,
  base: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  for (var i = group.id.x * WORKGROUP + local; i < params.n; i += group.groups.x * WORKGROUP) {
    sum += x[i] * x[i];
  }
  let total = workgroup_sum(local, vec2(sum, 0.0)).x;
  if (local == 0u) {
    partials[params.base + group.id.x] = total;
  }
}

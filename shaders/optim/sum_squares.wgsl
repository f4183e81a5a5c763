// partials[base + group] = Σ x[i]² over the group's share of x: first stage of a gradient norm.
// Each thread strides by the whole grid, so reads are coalesced; then a tree in workgroup memory
// (1 KiB). The order of the sums is fixed.
const WORKGROUP: u32 = 256u;

struct Params {
  n: u32,
  base: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> shared_sums: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(global_invocation_id) gid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  var sum = 0.0;
  for (var i = gid.x; i < params.n; i += groups.x * WORKGROUP) {
    sum += x[i] * x[i];
  }
  shared_sums[lane] = sum;
  for (var width = WORKGROUP / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane < width) {
      shared_sums[lane] += shared_sums[lane + width];
    }
  }
  if (lane == 0u) {
    partials[params.base + group.x] = shared_sums[0];
  }
}

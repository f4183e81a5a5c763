// out[0] = √Σ partials: second stage of a gradient norm, in one workgroup (1 KiB).
const WORKGROUP: u32 = 256u;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> shared_sums: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < params.n; i += WORKGROUP) {
    sum += partials[i];
  }
  shared_sums[lane] = sum;
  for (var width = WORKGROUP / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane < width) {
      shared_sums[lane] += shared_sums[lane + width];
    }
  }
  if (lane == 0u) {
    out[0] = sqrt(shared_sums[0]);
  }
}

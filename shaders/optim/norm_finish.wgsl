// out[0] = √Σ partials: second stage of a gradient norm, in one workgroup (8 bytes per thread).
// Uses: workgroup_sum.

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  for (var i = local; i < params.n; i += WORKGROUP) {
    sum += partials[i];
  }
  let total = workgroup_sum(local, vec2(sum, 0.0)).x;
  if (local == 0u) {
    out[0] = sqrt(total);
  }
}

// out = Σ values / Σ shares (MEAN) or Σ values, of n (value, share) pairs; denominator = Σ shares.
// Last stage: one workgroup, threads side by side, then a tree. For up to some thousand pairs; more go
// through sum_pairs.wgsl first. Deterministic.
// Uses: workgroup_sum.
const MEAN: bool = true;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> pairs: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read_write> denominator: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = vec2(0.0, 0.0);
  for (var i = local; i < params.n; i += WORKGROUP) {
    sum += pairs[i];
  }
  let total = workgroup_sum(local, sum);
  if (local == 0u) {
    out[0] = select(total.x, total.x / total.y, MEAN);
    denominator[0] = total.y;
  }
}

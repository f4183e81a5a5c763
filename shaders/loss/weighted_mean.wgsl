// out = Σ values / Σ shares (MEAN) or Σ values, of n (value, share) pairs; denominator = Σ shares.
// Last stage: one workgroup, threads side by side, then a tree. For up to some thousand pairs; more go
// through sum_pairs.wgsl first. Deterministic.
const WORKGROUP: u32 = 64u;
const MEAN: bool = true;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> pairs: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read_write> denominator: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<vec2<f32>, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = vec2(0.0, 0.0);
  for (var i = local; i < params.n; i += WORKGROUP) {
    sum += pairs[i];
  }
  partial[local] = sum;
  for (var step = WORKGROUP / 2u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (local < step) {
      partial[local] += partial[local + step];
    }
  }
  if (local == 0u) {
    let total = partial[0];
    out[0] = select(total.x, total.x / total.y, MEAN);
    denominator[0] = total.y;
  }
}

// sums[group] = Σ of a slice of (value, share) pairs: first stage of a weighted mean over many rows.
// Each workgroup sums SLICE pairs, its threads side by side, then a tree. Deterministic. Bandwidth-bound.
// Uses: grid, workgroup_sum.
const SLICE: u32 = 4096u;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> pairs: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec2<f32>>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let slice = group_index(group);
  let start = slice * SLICE;
  let end = min(start + SLICE, params.n);
  var sum = vec2(0.0, 0.0);
  for (var i = start + local; i < end; i += WORKGROUP) {
    sum += pairs[i];
  }
  let total = workgroup_sum(local, sum);
  if (local == 0u && start < params.n) {
    sums[slice] = total;
  }
}

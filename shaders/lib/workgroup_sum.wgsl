// Sums over a workgroup, in a tree: always in the same order, so that the same input gives the same bits.
// Uses: grid.
var<workgroup> partial_sums: array<vec2<f32>, WORKGROUP>;

// Σ of all threads' values, two sums at once. Right in thread 0 only.
fn workgroup_sum(local: u32, value: vec2<f32>) -> vec2<f32> {
  partial_sums[local] = value;
  for (var step = WORKGROUP / 2u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (local < step) {
      partial_sums[local] += partial_sums[local + step];
    }
  }
  return partial_sums[local];
}

// out[i] = O(x[i]): floats are cut towards zero and clamped to the range of an integer type.
// Bandwidth-bound, coalesced.
// Uses: grid.
alias T = f32;
alias O = f32;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<O>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  out[i] = O(x[i]);
}

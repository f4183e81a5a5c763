// out[i] = value. One thread per element; 1-D grid folded into two dimensions.
// Bandwidth-bound: writes n elements once, coalesced.
// Uses: grid.
alias T = f32;
alias S = f32; // the 32-bit type that T's numbers come in: i32, u32, or f32 for floats

struct Params {
  n: u32,
  value_bits: u32,
}

@group(0) @binding(0) var<storage, read_write> out: array<T>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  out[i] = T(bitcast<S>(params.value_bits));
}

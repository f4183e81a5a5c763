// out = x with `before` values of a number in front of each dimension and as many behind as the
// output has room for. The host merges dimensions without padding into their neighbours.
// Bandwidth-bound, writes coalesced.
// Uses: grid, walk.
alias T = f32;
alias S = f32; // the 32-bit type that T's numbers come in: i32, u32, or f32 for floats

struct Params {
  n: u32,
  value_bits: u32,
  dims: array<vec4<u32>, 2>,
  before: array<vec4<u32>, 2>,
  sizes: array<vec4<u32>, 2>, // of x; 1 where there is no dimension
  strides: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  var at = coordinates_of(i, params.dims[0], params.dims[1]);
  at.inner -= params.before[0]; // wraps below zero, and is then too large
  at.outer -= params.before[1].xy;
  if (all(at.inner < params.sizes[0]) && all(at.outer < params.sizes[1].xy)) {
    out[i] = x[offset_at(at, params.strides[0], params.strides[1])];
  } else {
    out[i] = T(bitcast<S>(params.value_bits));
  }
}

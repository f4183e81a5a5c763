// out[i] = f(x[i]) for the activation function that FUNCTION chooses, with its parameter p0. NaN propagates.
// Bandwidth-bound: a read and a write per element, coalesced.
// Uses: activation_functions, grid, nan.
alias T = f32;

struct Params {
  n: u32,
  p0: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let v = f32(x[i]);
  out[i] = T(select(activation(v, params.p0), v, is_nan(v))); // adapters differ in clamp, max and exp of NaN
}

// dx[i] = dy[i] * f'(·), where `saved` holds what DERIVATIVE is computed from: f's input or its output.
// Bandwidth-bound: two reads and a write per element, coalesced.
// Uses: activation_functions, grid.
alias T = f32;

struct Params {
  n: u32,
  p0: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> saved: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let slope = activation_derivative(f32(saved[i]), params.p0);
  // Not dy * slope: behind a closed gate an infinite gradient must count as 0, not as NaN.
  dx[i] = T(select(f32(dy[i]) * slope, 0.0, slope == 0.0));
}

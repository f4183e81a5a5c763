// dx[i] = dy[i] * f'(x[i]) for the plain functions of mathematics; `saved` is x, or f(x) where the
// derivative can be written with it (_FROM_OUTPUT). Conventions are PyTorch's: |x|' = 0 at 0; a clamped value
// passes the gradient on at its bounds too.
// Bandwidth-bound: two reads and a write per element, coalesced.
// Uses: grid.
alias T = f32;

const SQRT_FROM_OUTPUT: u32 = 0u;
const ABS: u32 = 1u;
const SQUARE: u32 = 2u;
const CLAMP: u32 = 3u;
const RECIPROCAL: u32 = 4u; // p0 / x
const POWER_OF_NUMBER_FROM_OUTPUT: u32 = 5u; // exp(p0 x)
const OP: u32 = SQRT_FROM_OUTPUT;

struct Params {
  n: u32,
  p0: f32,
  p1: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> saved: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

fn apply(g: f32, v: f32) -> f32 {
  switch (OP) {
    case SQRT_FROM_OUTPUT: { return 0.5 * g / v; }
    case ABS: { return g * sign(v); }
    case SQUARE: { return 2.0 * g * v; }
    case CLAMP: { return select(0.0, g, v >= params.p0 && v <= params.p1); }
    case RECIPROCAL: { return -g * (params.p0 / v) / v; }
    case POWER_OF_NUMBER_FROM_OUTPUT: { return g * v * params.p0; }
    default: { return g; }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  dx[i] = T(apply(f32(dy[i]), f32(saved[i])));
}

// dx[i] = dy[i] * f'(x[i]) for the plain functions of mathematics; `saved` is x, or f(x) where the
// derivative can be written with it. Conventions are PyTorch's: |x|' = 0 at 0; a clamped value
// passes the gradient on at its bounds too.
// Bandwidth-bound: two reads and a write an element, coalesced.
// Uses: grid.
alias T = f32;
const OP: u32 = 0u;

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
    case 0u: { return 0.5 * g / v; } // sqrt, from the output
    case 1u: { return g * sign(v); } // abs
    case 2u: { return 2.0 * g * v; } // square
    case 3u: { return select(0.0, g, v >= params.p0 && v <= params.p1); } // clamp
    case 4u: { return -g * (params.p0 / v) / v; } // p0 / x
    case 5u: { return g * v * params.p0; } // exp(p0 x), from the output
    default: { return g; }
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = linear_index(gid, groups);
  if (i < params.n) {
    dx[i] = T(apply(f32(dy[i]), f32(saved[i])));
  }
}

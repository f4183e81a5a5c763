// out[i] = f(x[i]); f is chosen by OP, with up to two parameters.
// The formulas are PyTorch's. NaN propagates.
// Uses: grid, nan.
alias T = f32;
const OP: u32 = 0u;

struct Params {
  n: u32,
  p0: f32,
  p1: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// IEEE's values where adapters have others: -inf at 0, NaN below, inf at inf.
fn safe_log(v: f32) -> f32 {
  if (v > 0.0 && v <= 3.4028234e38) {
    return log(v);
  }
  var special = 0x7fc00000u; // NaN, which WGSL has no literal for
  if (v == 0.0) {
    special = 0xff800000u;
  } else if (v > 0.0) {
    special = 0x7f800000u;
  }
  return bitcast<f32>(special);
}

fn apply(v: f32) -> f32 {
  switch (OP) {
    case 0u: { return -v; }
    case 1u: { return exp(v); }
    case 2u: { return safe_log(v); }
    case 3u: { return sqrt(v); }
    case 4u: { return abs(v); }
    case 5u: { return v * v; }
    case 6u: { return v * params.p0 + params.p1; } // affine
    case 7u: { return clamp(v, params.p0, params.p1); }
    case 8u: { return max(v, 0.0); } // relu
    case 9u: { return params.p0 / v; } // reciprocal times p0
    default: { return v; }
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = linear_index(gid, groups);
  if (i < params.n) {
    let v = f32(x[i]);
    out[i] = T(select(apply(v), v, is_nan(v))); // adapters differ in clamp, max and exp of NaN
  }
}

// out[i] = f(x[i]) for activation functions; f is chosen by OP, with its parameter (slope, alpha).
// The formulas are PyTorch's. NaN propagates.
// Uses: grid, nan.
alias T = f32;
const OP: u32 = 0u;

struct Params {
  n: u32,
  p0: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// The series of Numerical Recipes' erfc: fractional error below 1.2e-7 everywhere.
fn erf(v: f32) -> f32 {
  let z = abs(v);
  let t = 1.0 / (1.0 + 0.5 * z);
  let poly = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
    + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let tail = t * exp(-z * z + poly);
  return select(tail - 1.0, 1.0 - tail, v >= 0.0);
}

// tanh overflows on some adapters for large arguments.
fn safe_tanh(v: f32) -> f32 {
  return tanh(clamp(v, -15.0, 15.0));
}

// exp never overflows: its argument is not positive.
fn sigmoid(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(e, 1.0, v >= 0.0) / (1.0 + e);
}

fn apply(v: f32) -> f32 {
  switch (OP) {
    case 0u: { return clamp(v, 0.0, 6.0); } // relu6
    case 1u: { return select(v, params.p0 * v, v < 0.0); } // leakyRelu
    case 2u: { return select(v, params.p0 * (exp(min(v, 0.0)) - 1.0), v < 0.0); } // elu
    case 3u: { return 0.5 * v * (1.0 + erf(v * 0.70710678118)); } // gelu
    case 4u: { return 0.5 * v * (1.0 + safe_tanh(0.79788456080 * (v + 0.044715 * v * v * v))); }
    case 5u: { return v * sigmoid(v); } // silu
    case 6u: { return v * clamp(v + 3.0, 0.0, 6.0) / 6.0; } // hardswish
    case 7u: { return clamp(v + 3.0, 0.0, 6.0) / 6.0; } // hardsigmoid
    case 8u: { return sigmoid(v); }
    case 9u: { return safe_tanh(v); }
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

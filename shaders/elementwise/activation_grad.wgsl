// dx[i] = dy[i] * f'(x[i]); f is an activation function, chosen by OP, with its parameter. ReLU's is relu_grad.wgsl.
// `saved` is f's output where the derivative can be written with it (the next layer keeps that
// anyway), else f's input; src/kernels/activation.ts says which.
// At kinks the derivative is PyTorch's: relu6'(0) = relu6'(6) = 0, leakyRelu'(0) = slope,
// elu'(0) = alpha, hardswish'(-3) = 0, hardswish'(3) = 1.
// Bandwidth-bound: two reads and a write an element, coalesced.
// Uses: grid.
alias T = f32;
const OP: u32 = 0u;

struct Params {
  n: u32,
  p0: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> saved: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

// The series of Numerical Recipes' erfc: fractional error below 1.2e-7 everywhere.
fn erf(v: f32) -> f32 {
  let z = abs(v);
  let t = 1.0 / (1.0 + 0.5 * z);
  let poly = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
    + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let tail = t * exp(-z * z + poly);
  return select(tail - 1.0, 1.0 - tail, v >= 0.0);
}

fn sigmoid(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(e, 1.0, v >= 0.0) / (1.0 + e);
}

fn gelu_grad(x: f32) -> f32 {
  let density = 0.39894228040 * exp(-0.5 * x * x);
  return 0.5 * (1.0 + erf(x * 0.70710678118)) + x * density;
}

fn gelu_tanh_grad(x: f32) -> f32 {
  let u = 0.79788456080 * (x + 0.044715 * x * x * x);
  let t = tanh(clamp(u, -15.0, 15.0));
  let du = 0.79788456080 * (1.0 + 0.134145 * x * x);
  return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * du;
}

fn derivative(v: f32) -> f32 {
  switch (OP) {
    case 0u: { return select(1.0, 0.0, v <= 0.0 || v >= 6.0); } // relu6, from the output
    case 1u: { return select(params.p0, 1.0, v > 0.0); } // leakyRelu
    case 2u: { return select(1.0, v + params.p0, v <= 0.0); } // elu with p0 > 0, from the output
    case 3u: { return select(1.0, params.p0 * exp(min(v, 0.0)), v <= 0.0); } // elu, from the input
    case 4u: { return gelu_grad(v); }
    case 5u: { return gelu_tanh_grad(v); }
    case 6u: { let s = sigmoid(v); return s * (1.0 + v * (1.0 - s)); } // silu
    case 7u: { return select(select(v / 3.0 + 0.5, 1.0, v >= 3.0), 0.0, v <= -3.0); } // hardswish
    case 8u: { return select(1.0 / 6.0, 0.0, v <= 0.0 || v >= 1.0); } // hardsigmoid, from the output
    case 9u: { return v * (1.0 - v); } // sigmoid, from the output
    case 10u: { return 1.0 - v * v; } // tanh, from the output
    default: { return 1.0; }
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = linear_index(gid, groups);
  if (i < params.n) {
    let slope = derivative(f32(saved[i]));
    // Not dy * slope: behind a closed gate an infinite gradient must count as 0, not as NaN.
    dx[i] = T(select(f32(dy[i]) * slope, 0.0, slope == 0.0));
  }
}

// dx[i] = dy[i] * f'(x[i]); f is an activation function, chosen by OP, with its parameter. ReLU's is relu_grad.wgsl.
// `saved` is f's output where the derivative can be written with it (the next layer keeps that
// anyway), else f's input; the names of the choices say which.
// At kinks the derivative is PyTorch's: relu6'(0) = relu6'(6) = 0, leakyRelu'(0) = slope,
// elu'(0) = alpha, hardswish'(-3) = 0, hardswish'(3) = 1.
// Bandwidth-bound: two reads and a write an element, coalesced.
// Uses: grid, special_functions.
alias T = f32;

const RELU6_FROM_OUTPUT: u32 = 0u;
const LEAKY_RELU: u32 = 1u;
const ELU_FROM_OUTPUT: u32 = 2u; // for p0 > 0
const ELU_FROM_INPUT: u32 = 3u;
const GELU_FROM_INPUT: u32 = 4u;
const GELU_TANH_FROM_INPUT: u32 = 5u;
const SILU_FROM_INPUT: u32 = 6u;
const HARDSWISH_FROM_INPUT: u32 = 7u;
const HARDSIGMOID_FROM_OUTPUT: u32 = 8u;
const SIGMOID_FROM_OUTPUT: u32 = 9u;
const TANH_FROM_OUTPUT: u32 = 10u;
const OP: u32 = RELU6_FROM_OUTPUT;

struct Params {
  n: u32,
  p0: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> saved: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

fn gelu_grad(x: f32) -> f32 {
  let density = 0.39894228040 * exp(-0.5 * x * x);
  return normal_cdf(x) + x * density;
}

// (1 + tanh u) / 2 = σ(2u).
fn gelu_tanh_grad(x: f32) -> f32 {
  let s = sigmoid(1.59576912160 * (x + 0.044715 * x * x * x));
  let slope = 1.59576912160 * (1.0 + 0.134145 * x * x);
  return s + x * s * (1.0 - s) * slope;
}

fn derivative(v: f32) -> f32 {
  switch (OP) {
    case RELU6_FROM_OUTPUT: { return select(1.0, 0.0, v <= 0.0 || v >= 6.0); }
    case LEAKY_RELU: { return select(params.p0, 1.0, v > 0.0); }
    case ELU_FROM_OUTPUT: { return select(1.0, v + params.p0, v <= 0.0); }
    case ELU_FROM_INPUT: { return select(1.0, params.p0 * exp(min(v, 0.0)), v <= 0.0); }
    case GELU_FROM_INPUT: { return gelu_grad(v); }
    case GELU_TANH_FROM_INPUT: { return gelu_tanh_grad(v); }
    case SILU_FROM_INPUT: { let s = sigmoid(v); return s * (1.0 + v * (1.0 - s)); }
    case HARDSWISH_FROM_INPUT: { return select(select(v / 3.0 + 0.5, 1.0, v >= 3.0), 0.0, v <= -3.0); }
    case HARDSIGMOID_FROM_OUTPUT: { return select(1.0 / 6.0, 0.0, v <= 0.0 || v >= 1.0); }
    case SIGMOID_FROM_OUTPUT: { return v * (1.0 - v); }
    case TANH_FROM_OUTPUT: { return 1.0 - v * v; }
    default: { return 1.0; }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let slope = derivative(f32(saved[i]));
  // Not dy * slope: behind a closed gate an infinite gradient must count as 0, not as NaN.
  dx[i] = T(select(f32(dy[i]) * slope, 0.0, slope == 0.0));
}

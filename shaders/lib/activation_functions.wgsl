// Activation functions and their derivatives, which FUNCTION and DERIVATIVE choose; `p0` is a function's parameter (slope,
// alpha). The formulas are PyTorch's; ReLU is in unary.wgsl and relu_grad.wgsl.
// A derivative is written with the function's output where that suffices, since the next layer keeps the output anyway, else
// with its input: the name says which. It is PyTorch's choice, too: far below 0, where elu and selu have come to a value, their
// outputs have no digits left of a slope that isn't 0. At kinks it is PyTorch's: relu6'(0) = relu6'(6) = 0, leakyRelu'(0) = slope,
// elu'(0) = alpha, selu'(0) = scale · alpha, hardswish'(-3) = 0, hardswish'(3) = 1.
// Uses: logarithms, special_functions.
const RELU6: u32 = 0u;
const LEAKY_RELU: u32 = 1u;
const ELU: u32 = 2u;
const GELU: u32 = 3u;
const GELU_TANH: u32 = 4u;
const SILU: u32 = 5u;
const HARDSWISH: u32 = 6u;
const HARDSIGMOID: u32 = 7u;
const SIGMOID: u32 = 8u;
const TANH: u32 = 9u;
const SELU: u32 = 10u;
const SOFTPLUS: u32 = 11u;
const MISH: u32 = 12u;
const ERF: u32 = 13u;
const FUNCTION: u32 = RELU6;

// Klambauer et al. 2017, "Self-Normalizing Neural Networks": the slope above 0, and minus the value at minus infinity.
const SELU_SLOPE: f32 = 1.05070098736;
const SELU_DEPTH: f32 = 1.75809934085;

fn activation(v: f32, p0: f32) -> f32 {
  switch (FUNCTION) {
    case RELU6: { return clamp(v, 0.0, 6.0); }
    case LEAKY_RELU: { return select(v, p0 * v, v < 0.0); }
    case ELU: { return select(v, p0 * expm1(min(v, 0.0)), v < 0.0); }
    case GELU: { return v * normal_cdf(v); }
    case GELU_TANH: { return v * sigmoid(1.59576912160 * (v + 0.044715 * v * v * v)); }
    case SILU: { return v * sigmoid(v); }
    case HARDSWISH: { return v * clamp(v + 3.0, 0.0, 6.0) / 6.0; }
    case HARDSIGMOID: { return clamp(v + 3.0, 0.0, 6.0) / 6.0; }
    case SIGMOID: { return sigmoid(v); }
    case TANH: { return safe_tanh(v); }
    case SELU: { return select(SELU_SLOPE * v, SELU_DEPTH * expm1(min(v, 0.0)), v < 0.0); }
    case SOFTPLUS: { return max(v, 0.0) + log1p(exp(-abs(v))); }
    case MISH: { return v * tanh_of_softplus(v); }
    case ERF: { return erf(v); }
    default: { return v; }
  }
}

const RELU6_FROM_OUTPUT: u32 = 0u;
const LEAKY_RELU_FROM_INPUT: u32 = 1u;
const LEAKY_RELU_FROM_OUTPUT: u32 = 2u; // for p0 >= 0
const ELU_FROM_INPUT: u32 = 3u;
const GELU_FROM_INPUT: u32 = 4u;
const GELU_TANH_FROM_INPUT: u32 = 5u;
const SILU_FROM_INPUT: u32 = 6u;
const HARDSWISH_FROM_INPUT: u32 = 7u;
const HARDSIGMOID_FROM_OUTPUT: u32 = 8u;
const SIGMOID_FROM_OUTPUT: u32 = 9u;
const TANH_FROM_OUTPUT: u32 = 10u;
const SELU_FROM_INPUT: u32 = 11u;
const SOFTPLUS_FROM_OUTPUT: u32 = 12u;
const MISH_FROM_INPUT: u32 = 13u;
const ERF_FROM_INPUT: u32 = 14u;
const DERIVATIVE: u32 = RELU6_FROM_OUTPUT;

fn activation_derivative(v: f32, p0: f32) -> f32 {
  switch (DERIVATIVE) {
    case RELU6_FROM_OUTPUT: { return select(1.0, 0.0, v <= 0.0 || v >= 6.0); }
    case LEAKY_RELU_FROM_INPUT, LEAKY_RELU_FROM_OUTPUT: { return select(p0, 1.0, v > 0.0); }
    case ELU_FROM_INPUT: { return select(1.0, p0 * exp(min(v, 0.0)), v <= 0.0); }
    case GELU_FROM_INPUT: { return gelu_derivative(v); }
    case GELU_TANH_FROM_INPUT: { return gelu_tanh_derivative(v); }
    case SILU_FROM_INPUT: { let s = sigmoid(v); return s * (1.0 + v * (1.0 - s)); }
    case HARDSWISH_FROM_INPUT: { return select(select(v / 3.0 + 0.5, 1.0, v >= 3.0), 0.0, v <= -3.0); }
    case HARDSIGMOID_FROM_OUTPUT: { return select(1.0 / 6.0, 0.0, v <= 0.0 || v >= 1.0); }
    case SIGMOID_FROM_OUTPUT: { return v * (1.0 - v); }
    case TANH_FROM_OUTPUT: { return 1.0 - v * v; }
    case SELU_FROM_INPUT: { return select(SELU_SLOPE, SELU_DEPTH * exp(min(v, 0.0)), v <= 0.0); }
    case SOFTPLUS_FROM_OUTPUT: { return -expm1(-v); }
    case MISH_FROM_INPUT: { let t = tanh_of_softplus(v); return t + v * (1.0 - t * t) * sigmoid(v); }
    case ERF_FROM_INPUT: { return 1.12837916710 * exp(-v * v); }
    default: { return 1.0; }
  }
}

// tanh(log(1 + e^v)), as a quotient of polynomials in e^−|v|, which never overflows.
fn tanh_of_softplus(v: f32) -> f32 {
  let e = exp(-abs(v));
  let above = 1.0 + 2.0 * e;
  let below = e * (e + 2.0);
  return select(below / (below + 2.0), above / (above + 2.0 * e * e), v >= 0.0);
}

fn gelu_derivative(x: f32) -> f32 {
  let density = 0.39894228040 * exp(-0.5 * x * x);
  return normal_cdf(x) + x * density;
}

// (1 + tanh u) / 2 = σ(2u).
fn gelu_tanh_derivative(x: f32) -> f32 {
  let s = sigmoid(1.59576912160 * (x + 0.044715 * x * x * x));
  let slope = 1.59576912160 * (1.0 + 0.134145 * x * x);
  return s + x * s * (1.0 - s) * slope;
}

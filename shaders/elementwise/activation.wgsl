// out[i] = f(x[i]) for activation functions; f is chosen by OP, with its parameter (slope, alpha).
// The formulas are PyTorch's. NaN propagates.
// Uses: grid, nan, special_functions.
alias T = f32;

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
const OP: u32 = RELU6;

struct Params {
  n: u32,
  p0: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

fn apply(v: f32) -> f32 {
  switch (OP) {
    case RELU6: { return clamp(v, 0.0, 6.0); }
    case LEAKY_RELU: { return select(v, params.p0 * v, v < 0.0); }
    case ELU: { return select(v, params.p0 * expm1(min(v, 0.0)), v < 0.0); }
    case GELU: { return v * normal_cdf(v); }
    case GELU_TANH: { return v * sigmoid(1.59576912160 * (v + 0.044715 * v * v * v)); }
    case SILU: { return v * sigmoid(v); }
    case HARDSWISH: { return v * clamp(v + 3.0, 0.0, 6.0) / 6.0; }
    case HARDSIGMOID: { return clamp(v + 3.0, 0.0, 6.0) / 6.0; }
    case SIGMOID: { return sigmoid(v); }
    case TANH: { return safe_tanh(v); }
    default: { return v; }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let v = f32(x[i]);
  out[i] = T(select(apply(v), v, is_nan(v))); // adapters differ in clamp, max and exp of NaN
}

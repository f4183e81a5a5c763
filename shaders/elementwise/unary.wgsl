// out[i] = f(x[i]); f is chosen by OP, with up to two parameters.
// The formulas are PyTorch's. NaN propagates.
// Uses: grid, logarithms, nan.
alias T = f32;

const NEG: u32 = 0u;
const EXP: u32 = 1u;
const LOG: u32 = 2u;
const SQRT: u32 = 3u;
const ABS: u32 = 4u;
const SQUARE: u32 = 5u;
const AFFINE: u32 = 6u;
const CLAMP: u32 = 7u;
const RELU: u32 = 8u;
const RECIPROCAL: u32 = 9u; // p0 / x
const OP: u32 = NEG;

struct Params {
  n: u32,
  p0: f32,
  p1: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

fn apply(v: f32) -> f32 {
  switch (OP) {
    case NEG: { return -v; }
    case EXP: { return exp(v); }
    case LOG: { return whole_log(v); }
    case SQRT: { return sqrt(v); }
    case ABS: { return abs(v); }
    case SQUARE: { return v * v; }
    case AFFINE: { return v * params.p0 + params.p1; }
    case CLAMP: { return clamp(v, params.p0, params.p1); }
    case RELU: { return max(v, 0.0); }
    case RECIPROCAL: { return params.p0 / v; }
    default: { return v; }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let v = f32(x[i]);
  out[i] = T(select(apply(v), v, is_nan(v))); // adapters differ in clamp, max and exp of NaN
}

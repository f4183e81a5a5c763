// Gradient of pointwise_loss.wgsl with respect to x, or to y with OF_Y; symbols as there.
//   mse 2d;  l1 sign(d), 0 at 0;  smoothL1 d/β where |d| < β, else sign(d);  each negated for y
//   bce: for x (1 − y) − (1 + (p − 1)·y)·σ(−x), as −p·y + (1 + (p − 1)·y)·σ(x) below zero; for y −x + (p − 1)·log(1 + e^−x)
// times the weight and dy: one a loss, or with SCALAR the one of the sum, times scale.
// One thread an element. Bandwidth-bound.
// Uses: grid, nan, special_functions.
alias TX = f32;
alias TY = f32;
alias TD = f32;
const WEIGHTED: bool = false;
const POSITIVE_WEIGHTED: bool = false;
const OF_Y: bool = false;
const SCALAR: bool = true;

const MSE: u32 = 0u;
const L1: u32 = 1u;
const SMOOTH_L1: u32 = 2u;
const BCE: u32 = 3u;
const LOSS: u32 = MSE;

struct Params {
  n: u32,
  weights: u32,
  positive_weights: u32,
  beta: f32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> x: array<TX>;
@group(0) @binding(1) var<storage, read> y: array<TY>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> positive_weight: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<TD>;
@group(0) @binding(6) var<uniform> params: Params;

fn bce_grad(i: u32, a: f32, b: f32) -> f32 {
  var p = 1.0;
  if (POSITIVE_WEIGHTED) {
    p = positive_weight[i % params.positive_weights];
  }
  let e = exp(-abs(a));
  if (OF_Y) { return -a + (p - 1.0) * (max(-a, 0.0) + log1p(e)); }
  // With σ(−a) = 1 − σ(a) below zero: nothing cancels where the logit is confident and right.
  let small = (1.0 + (p - 1.0) * b) * e / (1.0 + e);
  return select(small - p * b, (1.0 - b) - small, a >= 0.0);
}

fn difference_grad(d: f32) -> f32 {
  if (LOSS == MSE) { return 2.0 * d; }
  if (LOSS == SMOOTH_L1 && abs(d) < params.beta) { return d / params.beta; }
  if (LOSS == SMOOTH_L1 && is_nan(d)) { return d; } // as PyTorch: not in l1
  return sign(d);
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let a = f32(x[i]);
  let b = f32(y[i]);
  var slope = 0.0;
  if (LOSS == BCE) {
    slope = bce_grad(i, a, b);
  } else {
    slope = select(1.0, -1.0, OF_Y) * difference_grad(a - b);
  }
  if (WEIGHTED) {
    slope *= weight[i % params.weights];
  }
  dx[i] = TD(slope * dy[select(i, 0u, SCALAR)] * params.scale);
}

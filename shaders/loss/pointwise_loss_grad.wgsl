// Gradient of pointwise_loss.wgsl with respect to x, or to y with OF_Y; symbols as there.
//   mse 2d;  l1 sign(d), 0 at 0;  smoothL1 d/β where |d| < β, else sign(d);  each negated for y
//   bce: for x (1 − y) − (1 + (p − 1)·y)·σ(−x), as −p·y + (1 + (p − 1)·y)·σ(x) below zero; for y −x + (p − 1)·log(1 + e^−x)
//   probability (x − y) / max(x·(1 − x), 1e-12), for y log(1 − x) − log x;  divergence −y, for y log y + 1 − x
//   logDivergence −e^y, for y e^y·(y − x + 1)
// times the weight and dy: one per loss, or with SCALAR the one of the sum, times scale. One thread per element.
// Bandwidth-bound.
// Uses: grid, nan, pointwise_loss.
alias TD = f32;
const OF_Y: bool = false;
const SCALAR: bool = true;

@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<TD>;
@group(0) @binding(6) var<uniform> params: Params;

fn bce_grad(i: u32, a: f32, b: f32) -> f32 {
  let p = positive_weight_of(i, params.positive_weights);
  let e = exp(-abs(a));
  if (OF_Y) { return -a + (p - 1.0) * (max(-a, 0.0) + log1p(e)); }
  // With σ(−a) = 1 − σ(a) below zero: nothing cancels where the logit is confident and right.
  let small = (1.0 + (p - 1.0) * b) * e / (1.0 + e);
  return select(small - p * b, (1.0 - b) - small, a >= 0.0);
}

fn probability_grad(a: f32, b: f32) -> f32 {
  if (OF_Y) { return log_rest(a) - whole_log(a); }
  return (a - b) / max(a * (1.0 - a), 1e-12);
}

fn divergence_grad(a: f32, b: f32) -> f32 {
  if (LOSS == LOG_DIVERGENCE) { return exp(b) * select(-1.0, b - a + 1.0, OF_Y); }
  return select(-b, whole_log(b) + 1.0 - a, OF_Y);
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
  } else if (LOSS == PROBABILITY) {
    slope = probability_grad(a, b);
  } else if (LOSS == DIVERGENCE || LOSS == LOG_DIVERGENCE) {
    slope = divergence_grad(a, b);
  } else {
    slope = select(1.0, -1.0, OF_Y) * difference_grad(a - b);
  }
  dx[i] = TD(weighted(i, params.weights, slope) * dy[select(i, 0u, SCALAR)] * params.scale);
}

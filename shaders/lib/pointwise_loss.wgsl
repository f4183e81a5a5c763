// What losses of pairs and their gradients have in common. Weights repeat over leading dimensions: index modulo
// their length.
// Uses: logarithms.
alias TX = f32;
alias TY = f32;
const WEIGHTED: bool = false;
const POSITIVE_WEIGHTED: bool = false;

const MSE: u32 = 0u;
const L1: u32 = 1u;
const SMOOTH_L1: u32 = 2u;
const BCE: u32 = 3u;
const PROBABILITY: u32 = 4u;
const DIVERGENCE: u32 = 5u;
const LOG_DIVERGENCE: u32 = 6u;
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

fn weighted(i: u32, weights: u32, value: f32) -> f32 {
  if (WEIGHTED) { return value * weight[i % weights]; }
  return value;
}

fn positive_weight_of(i: u32, weights: u32) -> f32 {
  if (POSITIVE_WEIGHTED) { return positive_weight[i % weights]; }
  return 1.0;
}

// log(1 − a) of a probability, with its digits also where a is small.
fn log_rest(a: f32) -> f32 {
  return select(whole_log(1.0 - a), log1p(-a), abs(a) < 0.3);
}

// Functions that WGSL lacks, or that adapters don't compute for every argument.

// Φ(v) = (1 + erf(v / √2)) / 2, the share of a normal distribution below v, with all its digits also far below zero.
// The series of Numerical Recipes' erfc: fractional error below 1.2e-7 everywhere.
fn normal_cdf(v: f32) -> f32 {
  let z = abs(v) * 0.70710678118;
  let t = 1.0 / (1.0 + 0.5 * z);
  let poly = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
    + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let tail = 0.5 * t * exp(-z * z + poly);
  return select(tail, 1.0 - tail, v >= 0.0);
}

// erf, by its series where 1 would swallow the digits.
fn erf(v: f32) -> f32 {
  let w = v * v;
  let series = 1.12837916710 * v * (1.0 + w * (-1.0 / 3.0 + w * (1.0 / 10.0 + w * (-1.0 / 42.0 + w * (1.0 / 216.0
    + w * (-1.0 / 1320.0 + w / 9360.0))))));
  return select(2.0 * normal_cdf(v * 1.41421356237) - 1.0, series, w < 0.25);
}

// tanh: adapters overflow for large arguments and lose the digits of small ones, for which this has the series.
fn safe_tanh(v: f32) -> f32 {
  let w = v * v;
  let series = v * (1.0 + w * (-1.0 / 3.0 + w * (2.0 / 15.0 + w * (-17.0 / 315.0 + w * (62.0 / 2835.0
    - w * (1382.0 / 155925.0))))));
  return select(tanh(clamp(v, -15.0, 15.0)), series, w < 0.09);
}

// e^v − 1, by its series where 1 would swallow the digits.
fn expm1(v: f32) -> f32 {
  let series = v * (1.0 + v / 2.0 * (1.0 + v / 3.0 * (1.0 + v / 4.0 * (1.0 + v / 5.0 * (1.0 + v / 6.0
    * (1.0 + v / 7.0 * (1.0 + v / 8.0 * (1.0 + v / 9.0))))))));
  return select(exp(v) - 1.0, series, abs(v) < 0.5);
}

// 1 / (1 + e^−v); exp never overflows: its argument is not positive.
fn sigmoid(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(e, 1.0, v >= 0.0) / (1.0 + e);
}

// Functions that WGSL lacks, or that adapters don't compute for every argument.

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

// 1 / (1 + e^−v); exp never overflows: its argument is not positive.
fn sigmoid(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(e, 1.0, v >= 0.0) / (1.0 + e);
}

// log(1 + v) for 0 <= v <= 1; the series where 1 + v would round v away.
fn log1p(v: f32) -> f32 {
  return select(log(1.0 + v), v - 0.5 * v * v, v < 1e-3);
}

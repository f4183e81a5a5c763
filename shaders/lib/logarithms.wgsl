// Logarithms with all their digits: adapters promise those near 1, where the result is small, only to within 2^-21.
// Uses: nan.

// log(1 + v) for -0.3 <= v <= 1, as 2 artanh(v / (2 + v)): 1 + v would round v away.
fn log1p(v: f32) -> f32 {
  let s = v / (2.0 + v);
  let w = s * s;
  return 2.0 * s * (1.0 + w * (1.0 / 3.0 + w * (1.0 / 5.0 + w * (1.0 / 7.0 + w * (1.0 / 9.0 + w * (1.0 / 11.0
    + w * (1.0 / 13.0 + w / 15.0)))))));
}

// log v, with IEEE's values where adapters have others: -inf at 0, NaN below, inf at inf.
fn whole_log(v: f32) -> f32 {
  if (v > 0.0 && v <= 3.4028234e38) { return select(log(v), log1p(v - 1.0), abs(v - 1.0) < 0.3); }
  if (v < 0.0) { return nan(); }
  var infinity = 0x7f800000u; // WGSL has no literal for it
  return select(v, -bitcast<f32>(infinity), v == 0.0);
}

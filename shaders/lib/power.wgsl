// Powers of numbers of any sign.
// Uses: nan.

// x^y as PyTorch: 1 for y = 0, signs kept for whole y, NaN for a finite negative x otherwise.
fn power(x: f32, y: f32) -> f32 {
  if (y == 0.0 || x == 1.0) { return 1.0; }
  if (is_nan(x) || is_nan(y)) { return x + y; }
  if (x == 0.0) { return select(0.0, 1.0 / abs(x), y < 0.0); }
  if (y == 1.0) { return x; }
  if (y == 2.0) { return x * x; }
  if (y == -1.0) { return 1.0 / x; }
  let magnitude = select(pow(abs(x), y), 1.0, x == -1.0); // pow(1, ∞) is 2^(∞ · 0)
  if (x > 0.0) { return magnitude; }
  let is_even = floor(y * 0.5) * 2.0 == y; // infinities are
  let is_whole = floor(y) == y || abs(x) > 3.4028234e38; // infinity has roots
  return select(select(-magnitude, magnitude, is_even || floor(y) != y), nan(), !is_whole);
}

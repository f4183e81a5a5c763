// The gradient before a smooth function that followed a batch normalisation (SMOOTH). Its derivative is of what was
// normalised, which is computed anew: it isn't kept.
// Uses: activation_functions, centered.
const SMOOTH: bool = false;
const WEIGHT: bool = true;
const BIAS: bool = true;

@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;

fn gradient_at(i: u32, channel: u32, scale: f32) -> f32 {
  let g = f32(dy[i]);
  if (!SMOOTH) { return g; }
  var value = centered(i, channel) * scale;
  if (WEIGHT) { value *= weight[channel]; }
  if (BIAS) { value += bias[channel]; }
  let slope = activation_derivative(value, 0.0);
  return select(g * slope, 0.0, slope == 0.0); // an infinite gradient behind a closed gate counts as 0
}

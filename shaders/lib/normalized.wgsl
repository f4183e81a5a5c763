// The factor of each channel: batch statistics are bound twice; of running ones (VARIANCE) `spread` is the variance.
const VARIANCE: bool = false;

@group(0) @binding(3) var<storage, read> spread: array<f32>;

fn scale_of(channel: u32, channels: u32, eps: f32) -> f32 {
  if (VARIANCE) { return 1.0 / sqrt(spread[channel] + eps); }
  return spread[channels + channel];
}

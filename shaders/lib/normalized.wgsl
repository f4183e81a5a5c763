// What gradients of batch normalisation work on: x [batch, channels, inner], the gradient of the result, and a channel's
// statistics. Batch statistics are one array [mean | 1 / sqrt(variance + eps)], bound twice; of running ones (VARIANCE)
// `spread` is the variance.
alias T = f32;
const VARIANCE: bool = false;

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> spread: array<f32>;

fn centered(i: u32, channel: u32) -> f32 {
  return f32(x[i]) - mean[channel];
}

fn scale_of(channel: u32, channels: u32, eps: f32) -> f32 {
  if (VARIANCE) { return 1.0 / sqrt(spread[channel] + eps); }
  return spread[channels + channel];
}

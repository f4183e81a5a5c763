// What gradients of batch normalisation work on: x [batch, channels, inner], the gradient of the result, and the means of the
// channels. Batch statistics are one array [mean | 1 / sqrt(variance + eps)].
alias T = f32;

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;

fn centered(i: u32, channel: u32) -> f32 {
  return f32(x[i]) - mean[channel];
}

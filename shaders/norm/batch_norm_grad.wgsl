// Gradient of batch normalisation with respect to x, with x̂ = (x − mean) · spread:
//   batch statistics: dx = weight · spread · (dy − Σ dy / n − x̂ · Σ (dy · x̂) / n)
//   running ones (VARIANCE: `spread` holds the variance): dx = weight · dy / sqrt(variance + eps)
// sum_dy and sum_dx are the gradients of bias and weight (batch_norm_sums.wgsl).
// One thread per element, neighbours side by side. Bandwidth-bound: one or two reads and a write.
// Uses: centered, grid, normalized.
const WEIGHT: bool = true;

struct Params {
  n: u32,
  channels: u32,
  inner: u32,
  per_channel: f32, // 1 / (batch · inner)
  eps: f32,
}

@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read> sum_dy: array<f32>;
@group(0) @binding(6) var<storage, read> sum_dx: array<f32>;
@group(0) @binding(7) var<storage, read_write> dx: array<T>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let c = i / params.inner % params.channels;
  var g = f32(dy[i]);
  var scale = scale_of(c, params.channels, params.eps);
  if (!VARIANCE) {
    let normal = centered(i, c) * scale;
    g -= (sum_dy[c] + normal * sum_dx[c]) * params.per_channel;
  }
  if (WEIGHT) {
    scale *= weight[c];
  }
  dx[i] = T(g * scale);
}

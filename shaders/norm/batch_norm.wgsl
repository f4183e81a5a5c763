// out = activate((x − mean[c]) · scale[c] · weight[c] + bias[c] + residual) of x [batch, channels, inner].
// Batch statistics are one array [mean | 1 / sqrt(variance + eps)]. Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167.
// One thread per element, neighbours side by side. Bandwidth-bound: a read and a write per element; the
// channel's values come from the cache.
// Uses: after_norm, grid, normalized.
alias T = f32;
const WEIGHT: bool = true;
const BIAS: bool = true;
const RESIDUAL: bool = false;

struct Params {
  n: u32,
  channels: u32,
  inner: u32,
  eps: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> residual: array<T>;
@group(0) @binding(6) var<storage, read_write> out: array<T>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let c = i / params.inner % params.channels;
  var scale = scale_of(c, params.channels, params.eps);
  if (WEIGHT) {
    scale *= weight[c];
  }
  var value = (f32(x[i]) - mean[c]) * scale;
  if (BIAS) {
    value += bias[c];
  }
  if (RESIDUAL) {
    value += f32(residual[i]);
  }
  out[i] = T(after_norm(value));
}

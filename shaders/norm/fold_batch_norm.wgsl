// Folds a frozen batch normalisation into the convolution before it (Jacob et al. 2017,
// https://arxiv.org/abs/1712.05877, section 3.2): with s = gamma / sqrt(variance + eps),
// folded[o, …] = weight[o, …] · s[o] and shift[o] = beta[o] + (bias[o] − mean[o]) · s[o].
// One thread per weight; the first of each output channel also writes its shift. What is absent
// (GAMMA, BETA, BIAS false) is bound to any tensor and not read. Bandwidth-bound, coalesced.
// Uses: grid.
const GAMMA: bool = true;
const BETA: bool = true;
const BIAS: bool = true;

struct Params {
  n: u32,
  per_channel: u32,
  eps: f32,
}

@group(0) @binding(0) var<storage, read> weight: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> beta: array<f32>;
@group(0) @binding(4) var<storage, read> mean: array<f32>;
@group(0) @binding(5) var<storage, read> variance: array<f32>;
@group(0) @binding(6) var<storage, read_write> folded: array<f32>;
@group(0) @binding(7) var<storage, read_write> shift: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let channel = i / params.per_channel;
  var scale = inverseSqrt(variance[channel] + params.eps);
  if (GAMMA) {
    scale *= gamma[channel];
  }
  folded[i] = weight[i] * scale;
  if (i % params.per_channel == 0u) {
    var offset = -mean[channel];
    if (BIAS) {
      offset += bias[channel];
    }
    offset *= scale;
    if (BETA) {
      offset += beta[channel];
    }
    shift[channel] = offset;
  }
}

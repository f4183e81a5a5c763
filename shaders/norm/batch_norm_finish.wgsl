// Second stage of batch statistics: merges parts[share, channel] of batch_norm_stats.wgsl into
// mean[channel] and spread[channel] = 1 / sqrt(variance + eps), the variance over n.
// Running statistics, where there are any, move by `momentum` towards the mean and the unbiased
// variance (over n − 1), in place. One thread per channel; a few values each.
// Uses: grid.
const RUNNING_MEAN: bool = true;
const RUNNING_VAR: bool = true;

struct Params {
  channels: u32,
  shares: u32,
  eps: f32,
  momentum: f32,
}

@group(0) @binding(0) var<storage, read> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> mean: array<f32>;
@group(0) @binding(2) var<storage, read_write> spread: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_var: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let channel = linear_index(thread);
  if (channel >= params.channels) { return; }
  var total = vec3(0.0, 0.0, 0.0); // count, mean, Σ (x − mean)²
  for (var share = 0u; share < params.shares; share++) {
    let at = 3u * (share * params.channels + channel);
    let n = total.x + parts[at];
    let weight = parts[at] / n;
    let delta = parts[at + 1u] - total.y;
    total = vec3(n, total.y + delta * weight, total.z + parts[at + 2u] + delta * delta * total.x * weight);
  }
  mean[channel] = total.y;
  spread[channel] = 1.0 / sqrt(total.z / total.x + params.eps);
  let kept = 1.0 - params.momentum;
  if (RUNNING_MEAN) {
    running_mean[channel] = kept * running_mean[channel] + params.momentum * total.y;
  }
  if (RUNNING_VAR) {
    let unbiased = total.z / (total.x - 1.0);
    running_var[channel] = kept * running_var[channel] + params.momentum * unbiased;
  }
}

// Second stage of batch statistics: merges parts[share, channel] of batch_norm_stats.wgsl into the statistics of each
// channel. One thread per channel; a few values each.
// Uses: grid, running_stats.
struct Params {
  channels: u32,
  shares: u32,
  eps: f32,
  momentum: f32,
}

@group(0) @binding(0) var<storage, read> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> stats: array<f32>; // [mean | 1 / sqrt(variance + eps)]
@group(0) @binding(2) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_var: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

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
  stats[channel] = total.y;
  stats[params.channels + channel] = spread_of(total, params.eps);
  if (RUNNING_MEAN) { running_mean[channel] = moved_mean(running_mean[channel], total, params.momentum); }
  if (RUNNING_VAR) { running_var[channel] = moved_var(running_var[channel], total, params.momentum); }
}

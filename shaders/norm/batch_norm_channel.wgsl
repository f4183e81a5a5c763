// Batch normalisation with the batch's statistics in one launch: a workgroup has a channel of x [batch, channels, inner].
//   out = activate((x − mean) · spread · weight + bias + residual)
// Where a channel's values are few enough the second time they are read they come from the cache. Bandwidth-bound: one
// read from memory and a write per element; 3 KiB of workgroup memory.
// Uses: after_norm, channel_moments, channel_share, grid, lanes, running_stats.
const WEIGHT: bool = true;
const BIAS: bool = true;
const RESIDUAL: bool = false;

struct Params {
  shape: Shares,
  eps: f32,
  momentum: f32,
}

@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<T>;
@group(0) @binding(4) var<storage, read_write> stats: array<f32>; // [mean | 1 / sqrt(variance + eps)]
@group(0) @binding(5) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(6) var<storage, read_write> running_var: array<f32>;
@group(0) @binding(7) var<storage, read_write> out: array<T>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let shape = params.shape;
  let channel = group_index(group);
  if (!is_share(channel, shape)) { return; }
  let own = channel_share(channel, local, shape);
  let moments = merged_moments(local, moments_of(own, shape));
  if (local == 0u) {
    stats[channel] = moments.y;
    stats[shape.channels + channel] = spread_of(moments, params.eps);
    if (RUNNING_MEAN) { running_mean[channel] = moved_mean(running_mean[channel], moments, params.momentum); }
    if (RUNNING_VAR) { running_var[channel] = moved_var(running_var[channel], moments, params.momentum); }
  }
  var scale = spread_of(moments, params.eps);
  if (WEIGHT) { scale *= weight[channel]; }
  var place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, channel, shape);
    var value = (f32(x[at]) - moments.y) * scale;
    if (BIAS) { value += bias[channel]; }
    if (RESIDUAL) { value += f32(residual[at]); }
    out[at] = T(after_norm(value));
    place = next_place(place, shape);
  }
}

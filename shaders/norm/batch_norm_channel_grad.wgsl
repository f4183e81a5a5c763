// All gradients of batch normalisation with the batch's statistics in one launch: a workgroup has a channel of
// [batch, channels, inner]. With x̂ = (x − mean) · spread, and dy as it is before a smooth function (SMOOTH):
//   d_bias = Σ dy,  d_weight = Σ dy · x̂,  dx = weight · spread · (dy − d_bias / n − x̂ · d_weight / n)
// The second time values are read they come from the cache, where a channel has few enough. Bandwidth-bound: two reads from
// memory and a write per element; 2 KiB of workgroup memory.
// Uses: before_smooth, channel_share, grid, lanes.
struct Params {
  shape: Shares,
}

@group(0) @binding(5) var<storage, read_write> dx: array<T>;
@group(0) @binding(6) var<storage, read_write> d_weight: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_bias: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let shape = params.shape;
  let channel = group_index(group);
  if (!is_share(channel, shape)) { return; }
  let own = channel_share(channel, local, shape);
  let spread = mean[shape.channels + channel];
  var sum = vec2(0.0, 0.0);
  var place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, channel, shape);
    let g = gradient_at(at, channel, spread);
    sum += vec2(g, g * centered(at, channel));
    place = next_place(place, shape);
  }
  let total = lane_sum(local, sum);
  if (local == 0u) {
    d_bias[channel] = total.x;
    d_weight[channel] = total.y * spread;
  }
  let shift = total.x / f32(shape.count);
  let slope = total.y * spread * spread / f32(shape.count);
  var scale = spread;
  if (WEIGHT) { scale *= weight[channel]; }
  place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, channel, shape);
    dx[at] = T((gradient_at(at, channel, spread) - shift - centered(at, channel) * slope) * scale);
    place = next_place(place, shape);
  }
}

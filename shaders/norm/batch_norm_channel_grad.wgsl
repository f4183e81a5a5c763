// All gradients of batch normalisation with the batch's statistics in one launch: a workgroup has a channel of
// [batch, channels, inner]. With x̂ = (x − mean) · spread:
//   d_bias = Σ dy,  d_weight = Σ dy · x̂,  dx = weight · spread · (dy − d_bias / n − x̂ · d_weight / n)
// The second time values are read they come from the cache, where a channel has few enough. Bandwidth-bound: two reads from
// memory and a write per element; 2 KiB of workgroup memory.
// Uses: channel_share, grid, lanes, normalized, normalized_sums.
const WEIGHT: bool = true;

struct Params {
  shape: Shares,
}

@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<T>;
@group(0) @binding(6) var<storage, read_write> d_weight: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_bias: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let shape = params.shape;
  let channel = group_index(group);
  if (!is_share(channel, shape)) { return; }
  let own = channel_share(channel, local, shape);
  let total = lane_sum(local, sums_of(own, shape));
  var scale = scale_of(channel, shape.channels, 0.0);
  if (local == 0u) {
    d_bias[channel] = total.x;
    d_weight[channel] = total.y * scale;
  }
  let shift = total.x / f32(shape.count);
  let slope = total.y * scale * scale / f32(shape.count);
  if (WEIGHT) { scale *= weight[channel]; }
  var place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, channel, shape);
    dx[at] = T((f32(dy[at]) - shift - centered(at, channel) * slope) * scale);
    place = next_place(place, shape);
  }
}

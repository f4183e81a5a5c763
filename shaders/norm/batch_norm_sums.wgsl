// First stage of batch normalisation's reductions: for each channel of [batch, channels, inner], one
// workgroup per share of its values: parts_dy = Σ dy, the gradient of the bias, and
// parts_dx = Σ dy · (x − mean) · spread, the gradient of the weight; both [share, channel].
// Threads side by side, then a tree. Deterministic. Bandwidth-bound: two reads per element;
// 512 bytes of workgroup memory.
// Uses: centered, channel_share, grid, lanes, normalized.
struct Params {
  shape: Shares,
  eps: f32,
}

@group(0) @binding(4) var<storage, read_write> parts_dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> parts_dx: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// (Σ dy, Σ dy · (x − mean)) of the values that one lane of a channel's share takes.
fn sums_of(own: ChannelShare, shape: Shares) -> vec2<f32> {
  var place = value_place(own.start, shape);
  var sum = vec2(0.0, 0.0);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, own.channel, shape);
    let g = f32(dy[at]);
    sum += vec2(g, g * centered(at, own.channel));
    place = next_place(place, shape);
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let thread = lane_of(group_index(group), local);
  let index = thread.row;
  let own = channel_share(index, thread.lane, params.shape);
  let total = lane_sum(local, sums_of(own, params.shape));
  if (thread.lane == 0u && is_share(index, params.shape)) {
    parts_dy[index] = total.x;
    parts_dx[index] = total.y * scale_of(own.channel, params.shape.channels, params.eps);
  }
}

// First stage of the gradient of PReLU's slopes: for each channel of x [batch, channels, inner], one workgroup per share
// of its values, parts[share, channel] = Σ dy · x where x <= 0. Threads side by side, then a tree. Deterministic.
// Bandwidth-bound: two reads per element; 512 bytes of workgroup memory.
// Uses: channel_share, grid, lanes.
alias T = f32;

struct Params {
  shape: Shares,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

fn sum_of(own: ChannelShare, shape: Shares) -> f32 {
  var place = value_place(own.start, shape);
  var sum = 0.0;
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, own.channel, shape);
    let v = f32(x[at]);
    sum += select(f32(dy[at]) * v, 0.0, v > 0.0);
    place = next_place(place, shape);
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let thread = lane_of(group_index(group), local);
  let own = channel_share(thread.row, thread.lane, params.shape);
  let total = lane_sum(local, vec2(sum_of(own, params.shape), 0.0)).x;
  if (thread.lane == 0u && is_share(thread.row, params.shape)) {
    parts[thread.row] = total;
  }
}

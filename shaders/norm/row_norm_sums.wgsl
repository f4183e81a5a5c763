// First stage of the gradients of row_norm.wgsl with respect to weight and bias: for each channel of x [samples, channels,
// inner], one workgroup per share of its values, parts_dy = Σ dy and parts_dx = Σ dy · x̂, both [share, channel].
// Threads side by side, then a tree. Deterministic. Bandwidth-bound: two reads per element; 512 bytes of workgroup memory.
// Uses: channel_share, grid, lanes, normal_rows.
alias T = f32;

struct Params {
  shape: Shares,
  rows: u32,
  rows_of_sample: u32,
  per_group: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> stats: array<f32>;
@group(0) @binding(3) var<storage, read_write> parts_dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> parts_dx: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let thread = lane_of(group_index(group), local);
  let shape = params.shape;
  let own = channel_share(thread.row, thread.lane, shape);
  var sum = vec2(0.0, 0.0);
  var place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, own.channel, shape);
    let row = row_of(place, own.channel, params.rows_of_sample, params.per_group);
    let g = f32(dy[at]);
    sum += vec2(g, g * (f32(x[at]) - stats[row]) * stats[params.rows + row]);
    place = next_place(place, shape);
  }
  let total = lane_sum(local, sum);
  if (thread.lane == 0u && is_share(own.index, shape)) {
    parts_dy[own.index] = total.x;
    parts_dx[own.index] = total.y;
  }
}

// Normalisation of rows, each by its own statistics: layer, group and instance norm, and (CENTER = false) RMS norm.
//   out = (x − mean) / sqrt(variance + eps) · weight + bias,   RMS: out = x / sqrt(mean of x² + eps) · weight
// LANES threads share a row, whose second reading comes from the cache where it is short enough. Bandwidth-bound: one read
// from memory and a write per element; 4 KiB of workgroup memory at most.
// Ba, Kiros, Hinton 2016, https://arxiv.org/abs/1607.06450; Wu, He 2018, https://arxiv.org/abs/1803.08494;
// Zhang, Sennrich 2019, https://arxiv.org/abs/1910.07467.
// Uses: channel_moments, channel_share, grid, lanes, normal_rows.
const CENTER: bool = true;
const WEIGHT: bool = true;
const BIAS: bool = true;

struct Params {
  shape: NormalRows,
  eps: f32,
}

@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> stats: array<f32>; // [mean or 0 | 1 / sqrt(… + eps)]
@group(0) @binding(4) var<storage, read_write> out: array<T>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let thread = lane_of(group_index(group), local);
  let own = row_share(thread.row, thread.lane, params.shape);
  let shape = shares_of_rows(params.shape);
  let moments = merged_moments(local, moments_of(own, shape));
  if (own.index >= params.shape.rows) { return; }
  var center = 0.0;
  var square = moments.z / moments.x;
  if (CENTER) { center = moments.y; } else { square += moments.y * moments.y; }
  let scale = 1.0 / sqrt(square + params.eps);
  if (thread.lane == 0u) {
    stats[own.index] = center;
    stats[params.shape.rows + own.index] = scale;
  }
  var place = value_place(own.start, shape);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, own.channel, shape);
    let channel = channel_of(k, own.index, params.shape);
    var value = (f32(x[at]) - center) * scale;
    if (WEIGHT) { value *= weight[channel]; }
    if (BIAS) { value += bias[channel]; }
    out[at] = T(value);
    place = next_place(place, shape);
  }
}

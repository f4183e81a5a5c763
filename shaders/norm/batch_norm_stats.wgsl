// First stage of batch statistics: for each channel of x [batch, channels, inner], one workgroup per
// share of its batch · inner values, (count, mean, Σ (x − mean)²) into parts[share, channel].
// Deterministic. Neighbouring threads read neighbouring values.
// Bandwidth-bound: one read per element; ~14 registers; 768 bytes of workgroup memory.
// Uses: channel_moments, channel_share, grid, lanes.
struct Params {
  shape: Shares,
}

@group(0) @binding(1) var<storage, read_write> parts: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let thread = lane_of(group_index(group), local);
  let index = thread.row;
  let own = moments_of(channel_share(index, thread.lane, params.shape), params.shape);
  let all = merged_moments(local, own);
  if (thread.lane == 0u && is_share(index, params.shape)) {
    let at = 3u * index;
    parts[at] = all.x;
    parts[at + 1u] = all.y;
    parts[at + 2u] = all.z;
  }
}

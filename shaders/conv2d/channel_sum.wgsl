// parts[s, c] = Σ of x[n, c, i] over the s-th share of the (n, i) pairs: first stage of a bias gradient.
// x is [batch, channels, inner]. LANES neighbouring threads walk one channel's row side by side (coalesced);
// each writes its own partial sum, so no workgroup memory or barrier is needed. Bandwidth-bound.
// T is a scalar, or (FOURS) a vec4 with inner counted in fours.
// Uses: grid.
alias T = f32;
const FOURS: bool = false;
const LANES: u32 = 32u;

struct Params {
  batch: u32,
  channels: u32,
  inner: u32,
  // Samples are dealt out to this many workgroups a channel.
  shares: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(LANES) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>) {
  let index = group_index(group);
  let channel = index % params.channels;
  let share = index / params.channels;
  if (share >= params.shares) { return; }
  var sum = vec4<f32>();
  for (var n = share; n < params.batch; n += params.shares) {
    let base = (n * params.channels + channel) * params.inner;
    for (var i = local.x; i < params.inner; i += LANES) {
      sum += vec4<f32>(vec4(x[base + i])); // twice: there is no vec4<f32> of an f16
    }
  }
  parts[(share * LANES + local.x) * params.channels + channel] = select(sum.x, dot(sum, vec4<f32>(1.0)), FOURS);
}

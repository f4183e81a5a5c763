// Σ of x [batch, channels, inner] over all but the channels: a bias gradient, or its first stage.
// A workgroup's threads walk one channel's rows side by side (coalesced). TOGETHER (where barriers are cheap) they
// add up all of them, in a tree: out[c]. Else each workgroup has every `shares`-th sample, and each thread writes its own
// sum: out[share, thread, c]. Bandwidth-bound. T is a scalar, or (FOURS) a vec4 with inner counted in fours.
// Uses: grid, workgroup_sum.
alias T = f32;
const FOURS: bool = false;
const TOGETHER: bool = true;

struct Params {
  batch: u32,
  channels: u32,
  inner: u32,
  shares: u32, // workgroups per channel
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let index = group_index(group);
  let channel = index % params.channels;
  let share = index / params.channels;
  if (share >= params.shares) { return; }
  var sums = vec4<f32>();
  for (var n = share; n < params.batch; n += params.shares) {
    let base = (n * params.channels + channel) * params.inner;
    for (var i = local; i < params.inner; i += WORKGROUP) {
      sums += vec4<f32>(vec4(x[base + i])); // twice: there is no vec4<f32> of an f16
    }
  }
  let sum = select(sums.x, dot(sums, vec4<f32>(1.0)), FOURS);
  if (!TOGETHER) {
    out[(share * WORKGROUP + local) * params.channels + channel] = sum;
    return;
  }
  let total = workgroup_sum(local, vec2(sum, 0.0)).x;
  if (local == 0u) {
    out[channel] = total;
  }
}

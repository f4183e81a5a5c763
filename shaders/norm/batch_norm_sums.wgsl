// First stage of batch normalisation's reductions: for each channel of [batch, channels, inner], one
// workgroup a share of its values: parts_dy = Σ dy, the gradient of the bias, and
// parts_dx = Σ dy · (x − mean) · spread, the gradient of the weight; both [share, channel].
// With VARIANCE `spread` holds the (running) variance instead of 1 / sqrt(variance + eps).
// Threads side by side, then a tree. Deterministic. Bandwidth-bound: two reads an element;
// 512 bytes of workgroup memory.
// Uses: grid.
alias T = f32;
const LANES: u32 = 64u; // threads of a share; with 1 neighbouring threads take neighbouring channels, for short rows
const VARIANCE: bool = false;

struct Params {
  channels: u32,
  inner: u32,
  count: u32, // batch · inner
  shares: u32,
  share: u32, // values of a share
  eps: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> spread: array<f32>;
@group(0) @binding(4) var<storage, read_write> parts_dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> parts_dx: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> partial: array<vec2<f32>, WORKGROUP>;

// (Σ dy, Σ dy · (x − mean)) of the values one thread takes.
fn scan(channel: u32, start: u32, end: u32) -> vec2<f32> {
  let center = mean[channel];
  var n = start / params.inner;
  var i = start % params.inner;
  var sum = vec2(0.0, 0.0);
  for (var k = start; k < end; k += LANES) {
    let at = (n * params.channels + channel) * params.inner + i;
    let g = f32(dy[at]);
    sum += vec2(g, g * (f32(x[at]) - center));
    i += LANES;
    if (i >= params.inner) {
      n += i / params.inner;
      i %= params.inner;
    }
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = group_index(group, groups) * (WORKGROUP / LANES) + local / LANES;
  let lane = local % LANES;
  let channel = index % params.channels;
  let share = index / params.channels;
  let end = min((share + 1u) * params.share, params.count);
  partial[local] = scan(channel, share * params.share + lane, end);
  for (var step = LANES / 2u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (lane < step) {
      partial[local] += partial[local + step];
    }
  }
  if (lane == 0u && share < params.shares) {
    var scale = spread[channel];
    if (VARIANCE) {
      scale = 1.0 / sqrt(scale + params.eps);
    }
    parts_dy[index] = partial[local].x;
    parts_dx[index] = partial[local].y * scale;
  }
}

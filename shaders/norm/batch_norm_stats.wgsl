// First stage of batch statistics: for each channel of x [batch, channels, inner], one workgroup a
// share of its batch · inner values, (count, mean, Σ (x − mean)²) into parts[share, channel].
// Each thread sums distances from its own first value, which is among the values it takes: so the sum of
// squares loses at most a factor of their number in precision, whatever the mean. The threads' results are
// merged pairwise (Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm for
// computing sample variances"). Deterministic. Neighbouring threads read neighbouring values.
// Bandwidth-bound: one read per element; ~14 registers; 768 bytes of workgroup memory.
// Uses: channel_share, grid, lanes.
alias T = f32;

struct Params {
  shape: Shares,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> partial: array<vec3<f32>, WORKGROUP>;

// a and b hold (count, mean, Σ (x − mean)²).
fn merge(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  let n = a.x + b.x;
  let weight = b.x / max(n, 1.0);
  let delta = b.y - a.y;
  return vec3(n, a.y + delta * weight, a.z + b.z + delta * delta * a.x * weight);
}

fn scan(own: ChannelShare) -> vec3<f32> {
  if (own.start >= own.end) { return vec3(0.0); }
  let shape = params.shape;
  var at = value_place(own.start, shape);
  let origin = f32(x[value_at(at, own.channel, shape)]);
  var sum = 0.0;
  var squares = 0.0;
  for (var k = own.start; k < own.end; k += LANES) {
    let distance = f32(x[value_at(at, own.channel, shape)]) - origin;
    sum += distance;
    squares += distance * distance;
    at = next_place(at, shape);
  }
  let count = f32((own.end - own.start + LANES - 1u) / LANES);
  return vec3(count, origin + sum / count, max(0.0, squares - sum * sum / count));
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let thread = lane_of(group_index(group), local);
  let index = thread.row;
  let lane = thread.lane;
  partial[local] = scan(channel_share(index, lane, params.shape));
  for (var step = LANES / 2u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (lane < step) {
      partial[local] = merge(partial[local], partial[local + step]);
    }
  }
  if (lane == 0u && is_share(index, params.shape)) {
    let at = 3u * index;
    parts[at] = partial[local].x;
    parts[at + 1u] = partial[local].y;
    parts[at + 2u] = partial[local].z;
  }
}

// Count, mean and Σ (x − mean)² of what the lanes of a channel's share take of x [batch, channels, inner]. Each sums
// distances from its own first value, which is among the values it takes: so the sum of squares loses at most a factor
// of their number in precision, whatever the mean. The lanes' results are merged pairwise (Chan, Golub, LeVeque 1979,
// "Updating formulae and a pairwise algorithm for computing sample variances"), always in the same order.
// Uses: channel_share, lanes.
alias T = f32;

@group(0) @binding(0) var<storage, read> x: array<T>;

var<workgroup> lane_results: array<vec3<f32>, WORKGROUP>;

// a and b hold (count, mean, Σ (x − mean)²).
fn merge(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  let n = a.x + b.x;
  let weight = b.x / max(n, 1.0);
  let delta = b.y - a.y;
  return vec3(n, a.y + delta * weight, a.z + b.z + delta * delta * a.x * weight);
}

fn moments_of(own: ChannelShare, shape: Shares) -> vec3<f32> {
  if (own.start >= own.end) { return vec3(0.0); }
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

// Those of all lanes of a share together; each lane gets them.
fn merged_moments(local: u32, own: vec3<f32>) -> vec3<f32> {
  let lane = local % LANES;
  lane_results[local] = own;
  for (var step = LANES / 2u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (lane < step) {
      lane_results[local] = merge(lane_results[local], lane_results[local + step]);
    }
  }
  workgroupBarrier();
  return lane_results[local - lane];
}

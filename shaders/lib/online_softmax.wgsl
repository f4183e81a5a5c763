// The maximum of a row and Σ exp(x − max) in one pass, as pairs (max, Σ): online softmax, Milakov & Gimelshein,
// https://arxiv.org/abs/1805.02867.
// Uses: lanes, logarithms, nan.
const LOWEST: f32 = -0x1.fffffep127f;

var<workgroup> lane_pairs: array<vec2<f32>, WORKGROUP>;

// The pair of no values.
fn softmax_start() -> vec2<f32> {
  return vec2(LOWEST, 0.0);
}

fn softmax_add(pair: vec2<f32>, v: f32) -> vec2<f32> {
  if (v > pair.x) { return vec2(v, pair.y * exp(pair.x - v) + 1.0); }
  return vec2(pair.x, pair.y + select(exp(v - pair.x), v, is_nan(v))); // some adapters have exp(NaN) = ∞
}

fn softmax_merge(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
  let top = max(a.x, b.x);
  return vec2(top, a.y * exp(a.x - top) + b.y * exp(b.x - top));
}

// The pair of a whole row from its lanes'; each lane gets it. With ∞ in the row, Σ is NaN.
fn softmax_of_lanes(local: u32, pair: vec2<f32>) -> vec2<f32> {
  var total = pair;
  if (LANES > 1u) {
    let lane = local % LANES;
    lane_pairs[local] = pair;
    for (var step = LANES / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (lane < step) {
        lane_pairs[local] = softmax_merge(lane_pairs[local], lane_pairs[local + step]);
      }
    }
    workgroupBarrier();
    total = lane_pairs[local - lane];
  }
  if (total.x > -LOWEST) {
    total.y = nan(); // ∞ − ∞
  }
  return total;
}

// log Σ of such a pair.
fn log_sum_of(pair: vec2<f32>) -> f32 {
  return select(whole_log(pair.y), pair.y, is_nan(pair.y));
}

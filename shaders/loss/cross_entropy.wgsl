// Cross-entropy of logits x [outer, classes, inner] in one pass per row (a row is one position of
// outer × inner, its classes `inner` elements apart):
//   logp[c] = x[c] − max − log Σ exp(x − max)
//   loss = −Σ q[c] · logp[c]
// where q is the (smoothed, weighted) target: for class labels
//   q[c] = weight[c] · (keep · [c = label] + spread),   0 for ignored rows,
// for probabilities t (PROBABILITIES) q[c] = weight[c] · (keep · t[c] + spread); keep = 1 − ε and
// spread = ε / classes with label smoothing ε. A label outside 0..classes−1 gives NaN.
// With LOG_INPUT x holds logp already (negative log-likelihood).
//
// Writes per row: losses (the loss; with PAIRS the loss and the row's part of the mean's
// denominator: weight[label], or 1) and rows (max, 1 / Σ exp, Σ q) for the gradient.
//
// LANES threads share a row: 1 for short rows (no barriers), up to the workgroup for long ones, merging
// (max, Σ exp) pairs in a tree (online softmax, Milakov & Gimelshein, https://arxiv.org/abs/1805.02867).
// Bandwidth-bound: x is read once, twice with smoothing or probabilities. 2 KiB workgroup memory at most.
// Uses: grid, nan.
alias T = f32;
alias L = i32;
const LANES: u32 = 1u;
const PROBABILITIES: bool = false;
const SMOOTHING: bool = false;
const WEIGHTED: bool = false;
const LOG_INPUT: bool = false;
const PAIRS: bool = true;

struct Params {
  rows: u32,
  classes: u32,
  inner: u32,
  ignore: i32,
  keep: f32,
  spread: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> labels: array<L>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> rows: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> shared_pairs: array<vec2<f32>, WORKGROUP>;

const LOWEST: f32 = -0x1.fffffep127f;

// (max, Σ exp(x − max)) of the classes this lane takes.
fn scan(base: u32, lane: u32) -> vec2<f32> {
  var top = LOWEST;
  var sum = 0.0;
  for (var c = lane; c < params.classes; c += LANES) {
    let v = f32(x[base + c * params.inner]);
    if (v > top) {
      sum = sum * exp(top - v) + 1.0;
      top = v;
    } else {
      sum += select(exp(v - top), v, is_nan(v)); // some adapters have exp(NaN) = ∞
    }
  }
  return vec2(top, sum);
}

fn merge(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
  let top = max(a.x, b.x);
  return vec2(top, a.y * exp(a.x - top) + b.y * exp(b.x - top));
}

fn class_weight(c: u32) -> f32 {
  if (WEIGHTED) {
    return weight[c];
  }
  return 1.0;
}

fn wanted_share(base: u32, c: u32, label: i32) -> f32 {
  if (PROBABILITIES) {
    return class_weight(c) * (params.keep * f32(labels[base + c * params.inner]) + params.spread);
  }
  return class_weight(c) * (select(0.0, params.keep, i32(c) == label) + params.spread);
}

// (Σ q, −Σ q · logp) over the classes this lane takes; logp = x − top − log_sum.
fn weigh(base: u32, lane: u32, label: i32, top: f32, log_sum: f32) -> vec2<f32> {
  var total = vec2(0.0, 0.0);
  for (var c = lane; c < params.classes; c += LANES) {
    let q = wanted_share(base, c, label);
    total += vec2(q, q * ((top - f32(x[base + c * params.inner])) + log_sum));
  }
  return total;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let row = group_index(group, groups) * (WORKGROUP / LANES) + local / LANES;
  let lane = local % LANES;
  let first = local - lane;
  let live = row < params.rows;
  let base = (row / params.inner) * params.classes * params.inner + row % params.inner;

  var softmax = vec2(0.0, 1.0);
  if (!LOG_INPUT) {
    if (live) {
      softmax = scan(base, lane);
    }
    if (LANES > 1u) {
      shared_pairs[local] = softmax;
      for (var step = LANES / 2u; step > 0u; step /= 2u) {
        workgroupBarrier();
        if (lane < step) {
          shared_pairs[local] = merge(shared_pairs[local], shared_pairs[local + step]);
        }
      }
      workgroupBarrier();
      softmax = shared_pairs[first];
      workgroupBarrier();
    }
  }
  if (softmax.x > -LOWEST) {
    softmax.y = nan(); // ∞ − ∞
  }
  let log_sum = select(log(softmax.y), softmax.y, is_nan(softmax.y));

  var label = -1;
  if (!PROBABILITIES && live) {
    label = i32(labels[row]);
  }
  let valid = PROBABILITIES || (label >= 0 && label < i32(params.classes));
  let ignored = !PROBABILITIES && label == params.ignore;
  var total = vec2(0.0, 0.0); // Σ q, loss
  if (PROBABILITIES || SMOOTHING) {
    if (live && valid) {
      total = weigh(base, lane, label, softmax.x, log_sum);
    }
    if (LANES > 1u) {
      shared_pairs[local] = total;
      for (var step = LANES / 2u; step > 0u; step /= 2u) {
        workgroupBarrier();
        if (lane < step) {
          shared_pairs[local] += shared_pairs[local + step];
        }
      }
      workgroupBarrier();
      total = shared_pairs[first];
    }
  } else if (live && valid) {
    let q = class_weight(u32(label));
    total = vec2(q, q * ((softmax.x - f32(x[base + u32(label) * params.inner])) + log_sum));
  }
  if (!live || lane != 0u) { return; }

  var share = 1.0;
  if (ignored) {
    total = vec2(0.0, 0.0);
    share = 0.0;
  } else if (!valid) {
    total = vec2(nan(), nan());
  } else if (!PROBABILITIES) {
    share = class_weight(u32(label));
  }
  if (PAIRS) {
    losses[2u * row] = total.y;
    losses[2u * row + 1u] = share;
  } else {
    losses[row] = total.y;
  }
  rows[3u * row] = softmax.x;
  rows[3u * row + 1u] = 1.0 / softmax.y;
  rows[3u * row + 2u] = total.x;
}

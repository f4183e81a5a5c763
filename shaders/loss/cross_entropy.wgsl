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
// LANES threads share a row and merge their (max, Σ exp) pairs in a tree.
// Bandwidth-bound: x is read once, twice with smoothing or probabilities. 2 KiB workgroup memory at most.
// Uses: grid, lanes, nan, online_softmax.
alias T = f32;
alias L = i32;
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

// (max, Σ exp(x − max)) of the classes that this lane takes.
fn scan(base: u32, lane: u32) -> vec2<f32> {
  var pair = softmax_start();
  for (var c = lane; c < params.classes; c += LANES) {
    pair = softmax_add(pair, f32(x[base + c * params.inner]));
  }
  return pair;
}

fn class_weight(c: u32) -> f32 {
  if (WEIGHTED) { return weight[c]; }
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
  let row = row_of(group_index(group, groups), local);
  let lane = local % LANES;
  let live = row < params.rows;
  let base = row_start(row, params.classes, params.inner);
  var softmax = vec2(0.0, 1.0);
  if (!LOG_INPUT) {
    if (live) {
      softmax = scan(base, lane);
    }
    softmax = softmax_of_lanes(local, softmax);
  }
  let log_sum = log_sum_of(softmax);

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
    total = lane_sum(local, total);
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

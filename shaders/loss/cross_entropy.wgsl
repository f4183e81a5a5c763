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
// Uses: class_targets, grid, lanes, nan, online_softmax.
const SMOOTHING: bool = false;
const PAIRS: bool = true;

struct Params {
  targets: Targets,
  rows: u32,
}

@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> rows: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// (max, Σ exp(x − max)) of the classes that this lane takes.
fn scan(base: u32, lane: u32) -> vec2<f32> {
  var pair = softmax_start();
  for (var c = lane; c < params.targets.classes; c += LANES) {
    pair = softmax_add(pair, f32(x[base + c * params.targets.inner]));
  }
  return pair;
}

fn wanted_share(base: u32, c: u32, label: i32) -> f32 {
  if (PROBABILITIES) {
    return class_weight(c) * (params.targets.keep * f32(labels[base + c * params.targets.inner]) + params.targets.spread);
  }
  return class_weight(c) * (select(0.0, params.targets.keep, i32(c) == label) + params.targets.spread);
}

// (Σ q, −Σ q · logp) over the classes this lane takes; logp = x − top − log_sum.
fn weigh(base: u32, lane: u32, label: i32, top: f32, log_sum: f32) -> vec2<f32> {
  var total = vec2(0.0, 0.0);
  for (var c = lane; c < params.targets.classes; c += LANES) {
    let q = wanted_share(base, c, label);
    total += vec2(q, q * ((top - f32(x[base + c * params.targets.inner])) + log_sum));
  }
  return total;
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let own = lane_of(group_index(group), local);
  let lane = own.lane;
  let row = own.row;
  let live = row < params.rows;
  let base = row_start(row, params.targets.classes, params.targets.inner);
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
  let valid = PROBABILITIES || (label >= 0 && label < i32(params.targets.classes));
  let ignored = !PROBABILITIES && label == params.targets.ignore;
  var total = vec2(0.0, 0.0); // Σ q, loss
  if (PROBABILITIES || SMOOTHING) {
    if (live && valid) {
      total = weigh(base, lane, label, softmax.x, log_sum);
    }
    total = lane_sum(local, total);
  } else if (live && valid) {
    let q = class_weight(u32(label));
    total = vec2(q, q * ((softmax.x - f32(x[base + u32(label) * params.targets.inner])) + log_sum));
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

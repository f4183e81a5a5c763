// Losses of pairs, element by element, with d = x − y:
//   mse d²;  l1 |d|;  smoothL1 d² / (2β) where |d| < β, else |d| − β/2;
//   bce (x a logit, y its target, p the weight of positives): (1 − y)·x + (1 + (p − 1)·y)·log(1 + e^−x),
//   which is (1 − y)·max(x, 0) + p·y·max(−x, 0) + (1 + (p − 1)·y)·log(1 + e^−|x|): no overflow, and no large
//   terms that leave only a small difference where the logit is confident;
//   probability (x a probability) −y·log x − (1 − y)·log(1 − x), each logarithm at least −100, as in PyTorch;
//   divergence (x the logarithm of a probability) y·(log y − x), 0 where y is 0;  logDivergence, y a logarithm too, e^y·(y − x).
// Times a weight if there is one. Weights repeat over leading dimensions: index modulo their length.
// Without REDUCE one thread writes one loss; with it each workgroup sums SLICE losses, its threads side
// by side, then a tree, and scales the sum. Deterministic.
// Bandwidth-bound: two to four reads per element. 512 bytes of workgroup memory.
// Uses: grid, pointwise_loss, workgroup_sum.
const SLICE: u32 = 4096u;
const REDUCE: bool = true;

@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

fn loss(i: u32) -> f32 {
  let a = f32(x[i]);
  let b = f32(y[i]);
  let d = a - b;
  var value = 0.0;
  switch (LOSS) {
    case MSE: { value = d * d; }
    case L1: { value = abs(d); }
    case SMOOTH_L1: {
      value = select(abs(d) - 0.5 * params.beta, 0.5 * d * d / params.beta, abs(d) < params.beta);
    }
    case PROBABILITY: {
      value = -b * max(whole_log(a), -100.0) - (1.0 - b) * max(log_rest(a), -100.0);
    }
    case DIVERGENCE: {
      value = select(0.0, b * (whole_log(b) - a), b > 0.0);
    }
    case LOG_DIVERGENCE: { value = exp(b) * -d; }
    default: {
      let p = positive_weight_of(i, params.positive_weights);
      let wrong = select(p * b * -a, (1.0 - b) * a, a >= 0.0);
      value = wrong + (1.0 + (p - 1.0) * b) * log1p(exp(-abs(a)));
    }
  }
  return weighted(i, params.weights, value);
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let index = group_index(group);
  if (REDUCE) {
    let start = index * SLICE;
    let end = min(start + SLICE, params.n);
    var sum = 0.0;
    for (var i = start + local; i < end; i += WORKGROUP) {
      sum += loss(i);
    }
    let total = workgroup_sum(local, vec2(sum, 0.0)).x;
    if (local == 0u && start < params.n) {
      out[index] = total * params.scale;
    }
  } else {
    let i = index * WORKGROUP + local;
    if (i < params.n) {
      out[i] = loss(i);
    }
  }
}

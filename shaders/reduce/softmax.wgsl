// Softmax (or its logarithm, LOG) of each row of x [outer, length, inner]; a row's elements lie `inner` apart.
//   softmax = exp(x − max) / Σ exp(x − max),   log softmax = x − max − log Σ exp(x − max)
// A row with NaN or ∞ in it is NaN throughout, as in PyTorch.
// LANES threads share a row and merge their (max, Σ exp) pairs in a tree.
// Bandwidth-bound: two reads and a write per element. ~10 registers; 1 KiB of workgroup memory at most.
// Uses: grid, lanes, online_softmax.
alias T = f32;
const LOG: bool = false;

struct Params {
  shape: Rows,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// The pair of the elements that this lane takes.
fn scan(base: u32, lane: u32) -> vec2<f32> {
  var pair = softmax_start();
  for (var c = lane; c < params.shape.length; c += LANES) {
    pair = softmax_add(pair, f32(x[base + c * params.shape.inner]));
  }
  return pair;
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let own = lane_of(group_index(group), local);
  let base = row_start(own.row, params.shape.length, params.shape.inner);
  var pair = softmax_start();
  if (own.row < params.shape.rows) {
    pair = scan(base, own.lane);
  }
  pair = softmax_of_lanes(local, pair);
  if (own.row >= params.shape.rows) { return; }
  let log_sum = log_sum_of(pair);
  let scale = 1.0 / pair.y;
  for (var c = own.lane; c < params.shape.length; c += LANES) {
    let i = base + c * params.shape.inner;
    let distance = f32(x[i]) - pair.x;
    if (LOG) {
      out[i] = T(distance - log_sum);
    } else {
      out[i] = T(exp(distance) * scale);
    }
  }
}

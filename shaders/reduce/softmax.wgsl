// Softmax (or its logarithm, LOG) of each row of x [outer, length, inner]; a row's elements lie `inner` apart.
//   softmax = exp(x − max) / Σ exp(x − max),   log softmax = x − max − log Σ exp(x − max)
// A row with NaN or ∞ in it is NaN throughout, as in PyTorch.
// LANES threads share a row: 1 for short rows and for rows that lie side by side in memory (no
// barriers), else they take neighbouring elements and merge their (max, Σ exp) pairs in a tree (online
// softmax, Milakov & Gimelshein, https://arxiv.org/abs/1805.02867).
// Bandwidth-bound: two reads and a write an element. ~10 registers; 512 bytes of workgroup memory.
// Uses: grid, nan.
alias T = f32;
const LANES: u32 = 1u;
const LOG: bool = false;

struct Params {
  rows: u32,
  length: u32,
  inner: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> partial: array<vec2<f32>, WORKGROUP>;

const LOWEST: f32 = -0x1.fffffep127f;

// (max, Σ exp(x − max)) of the elements this lane takes.
fn scan(base: u32, lane: u32) -> vec2<f32> {
  var top = LOWEST;
  var sum = 0.0;
  for (var c = lane; c < params.length; c += LANES) {
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

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group_index(group, groups) * (WORKGROUP / LANES) + local / LANES;
  let lane = local % LANES;
  let live = row < params.rows;
  let base = (row / params.inner) * params.length * params.inner + row % params.inner;
  var total = vec2(LOWEST, 0.0);
  if (live) {
    total = scan(base, lane);
  }
  if (LANES > 1u) {
    partial[local] = total;
    for (var step = LANES / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (lane < step) {
        partial[local] = merge(partial[local], partial[local + step]);
      }
    }
    workgroupBarrier();
    total = partial[local - lane];
  }
  if (!live) { return; }
  if (total.x > -LOWEST) {
    total.y = nan(); // ∞ − ∞
  }
  let log_sum = select(log(total.y), total.y, is_nan(total.y));
  let scale = 1.0 / total.y;
  for (var c = lane; c < params.length; c += LANES) {
    let i = base + c * params.inner;
    let distance = f32(x[i]) - total.x;
    if (LOG) {
      out[i] = T(distance - log_sum);
    } else {
      out[i] = T(exp(distance) * scale);
    }
  }
}

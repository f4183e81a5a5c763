// Adaptive maxima of planes [planes, in_h, in_w] → [planes, out_h, out_w]; window o covers
// floor(o · in / out) … ceil((o + 1) · in / out) − 1 on each axis (PyTorch's rule).
// `indices` gets the position of each maximum in its plane: the first of equal ones, or the last NaN.
// LANES threads share an output: 1 for small windows (no barriers), else they take neighbouring
// positions of the window and merge their maxima in a tree. Bandwidth-bound; 512 bytes of workgroup memory.
// Uses: grid, nan.
alias T = f32;
const LANES: u32 = 1u;

struct Params {
  n: u32,
  in_h: u32,
  in_w: u32,
  out_h: u32,
  out_w: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<storage, read_write> indices: array<i32>;
@group(0) @binding(3) var<uniform> params: Params;

struct Best {
  value: f32,
  at: i32, // −1: none yet
}

var<workgroup> partial: array<Best, WORKGROUP>;

// Whether b beats a: NaN beats all, the later NaN the earlier; of equal ones the first stays.
fn beats(b: Best, a: Best) -> bool {
  if (b.at < 0 || a.at < 0) {
    return b.at >= 0;
  }
  if (is_nan(a.value) || is_nan(b.value)) {
    return is_nan(b.value) && (!is_nan(a.value) || b.at > a.at);
  }
  return b.value > a.value || (b.value == a.value && b.at < a.at);
}

fn scan(o: u32, lane: u32) -> Best {
  let row = o / params.out_w;
  let oh = row % params.out_h;
  let ow = o % params.out_w;
  let plane = (row / params.out_h) * params.in_h * params.in_w;
  let top = oh * params.in_h / params.out_h;
  let left = ow * params.in_w / params.out_w;
  let height = ((oh + 1u) * params.in_h + params.out_h - 1u) / params.out_h - top;
  let width = ((ow + 1u) * params.in_w + params.out_w - 1u) / params.out_w - left;
  var best = Best(0.0, -1);
  for (var k = lane; k < height * width; k += LANES) {
    let position = (top + k / width) * params.in_w + left + k % width;
    let candidate = Best(f32(x[plane + position]), i32(position));
    if (beats(candidate, best)) {
      best = candidate;
    }
  }
  return best;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let o = group_index(group, groups) * (WORKGROUP / LANES) + local / LANES;
  let lane = local % LANES;
  let live = o < params.n;
  var best = Best(0.0, -1);
  if (live) {
    best = scan(o, lane);
  }
  if (LANES > 1u) {
    partial[local] = best;
    for (var step = LANES / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (lane < step && beats(partial[local + step], partial[local])) {
        partial[local] = partial[local + step];
      }
    }
    best = partial[local]; // only lane 0's counts, and lane 0 wrote it itself
  }
  if (live && lane == 0u) {
    out[o] = T(best.value);
    indices[o] = best.at;
  }
}

// Adaptive maxima of planes [planes, in_h, in_w] → [planes, out_h, out_w].
// `indices` gets the position of each maximum in its plane: the first of equal ones, or the last NaN.
// LANES threads share an output: 1 for small windows (no barriers), else they take neighbouring
// positions of the window and merge their maxima in a tree. Bandwidth-bound; 512 bytes of workgroup memory.
// Uses: adaptive_window, grid, lanes, nan, planes.
alias T = f32;

struct Params {
  planes: Planes,
  n: u32,
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
  if (b.at < 0 || a.at < 0) { return b.at >= 0; }
  if (is_nan(a.value) || is_nan(b.value)) {
    return is_nan(b.value) && (!is_nan(a.value) || b.at > a.at);
  }
  return b.value > a.value || (b.value == a.value && b.at < a.at);
}

fn scan(o: u32, lane: u32) -> Best {
  let size = params.planes;
  let p = pixel_of(o, size.out_h, size.out_w);
  let plane = p.plane * size.in_h * size.in_w;
  let top = adaptive_start(p.y, size.in_h, size.out_h);
  let left = adaptive_start(p.x, size.in_w, size.out_w);
  let height = adaptive_end(p.y, size.in_h, size.out_h) - top;
  let width = adaptive_end(p.x, size.in_w, size.out_w) - left;
  var best = Best(0.0, -1);
  for (var k = lane; k < height * width; k += LANES) {
    let position = (top + k / width) * size.in_w + left + k % width;
    let candidate = Best(f32(x[plane + position]), i32(position));
    if (beats(candidate, best)) {
      best = candidate;
    }
  }
  return best;
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let own = lane_of(group_index(group), local);
  let o = own.row;
  let lane = own.lane;
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

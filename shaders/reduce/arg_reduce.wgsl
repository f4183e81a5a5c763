// indices[o, s, i] = the r that maximises (or minimises) x[o, r, i] over chunk s of r, and its value,
// for x seen as [outer, length, inner]. Ties go to the first r; NaN counts as the extreme value, as
// in PyTorch. In a second stage (INDEXED) x holds the values of the first one's chunks and `earlier` their indices.
// Registers: one pair. Workgroup memory: 512 bytes. One comparison per element read; bandwidth-bound.
// Uses: grid, nan, reduction.
alias T = f32;
const LEAST: bool = false;
const INDEXED: bool = false;
const NONE: i32 = 2147483647;

struct Params {
  shape: Reduction,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> earlier: array<i32>;
@group(0) @binding(2) var<storage, read_write> values: array<T>;
@group(0) @binding(3) var<storage, read_write> indices: array<i32>;
@group(0) @binding(4) var<uniform> params: Params;

struct Best {
  value: T,
  index: i32, // NONE while nothing has been seen
}

var<workgroup> shared_values: array<T, WORKGROUP>;
var<workgroup> shared_indices: array<i32, WORKGROUP>;

fn better(p: Best, q: Best) -> Best {
  if (p.index == NONE) { return q; }
  if (q.index == NONE) { return p; }
  let p_nan = is_nan(f32(p.value));
  let q_nan = is_nan(f32(q.value));
  let equal = (p_nan && q_nan) || p.value == q.value;
  let greater = select(q.value > p.value, q.value < p.value, LEAST);
  let q_wins = select(!p_nan && (q_nan || greater), q.index < p.index, equal);
  if (q_wins) { return q; }
  return p;
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let share = reduction_share(params.shape, local, group_index(group));
  var best = Best(T(0), NONE);
  if (share.inside) {
    for (var r = share.start; r < share.end; r += params.shape.lanes) {
      let at = share.base + r * params.shape.inner;
      var index = i32(r);
      if (INDEXED) {
        index = earlier[at];
      }
      best = better(best, Best(x[at], index));
    }
  }
  if (TREE) {
    shared_values[local] = best.value;
    shared_indices[local] = best.index;
    for (var step = params.shape.lanes / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (share.used && share.lane < step) {
        let other = local + step * params.shape.columns;
        best = better(best, Best(shared_values[other], shared_indices[other]));
        shared_values[local] = best.value;
        shared_indices[local] = best.index;
      }
    }
  }
  if (leaves_result(share)) {
    values[share.result] = best.value;
    indices[share.result] = best.index;
  }
}

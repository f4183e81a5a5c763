// indices[o, s, i] = the r that maximises (or minimises) x[o, r, i] over chunk s of r, and its value,
// for x seen as [outer, length, inner]. Ties go to the first r; NaN counts as the extreme value, as
// in PyTorch. Layout of threads as in reduce.wgsl. In a second stage (INDEXED) x holds the values
// of the first one's chunks and `earlier` their indices.
// Registers: one pair. Workgroup memory: 512 bytes. One comparison an element read; bandwidth-bound.
// Uses: grid, nan.
alias T = f32;
const LEAST: bool = false;
const INDEXED: bool = false;
const TREE: bool = true;
const NONE: i32 = 2147483647;

struct Params {
  outer: u32,
  length: u32,
  inner: u32,
  rows: u32,
  lanes: u32,
  columns: u32,
  splits: u32,
  chunk: u32,
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
  if (p.index == NONE || q.index == NONE) {
    if (p.index == NONE) {
      return q;
    }
    return p;
  }
  let p_nan = is_nan(f32(p.value));
  let q_nan = is_nan(f32(q.value));
  let equal = (p_nan && q_nan) || p.value == q.value;
  let greater = select(q.value > p.value, q.value < p.value, LEAST);
  let q_wins = select(!p_nan && (q_nan || greater), q.index < p.index, equal);
  if (q_wins) {
    return q;
  }
  return p;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(local_invocation_index) t: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let lanes = params.lanes;
  let columns = params.columns;
  let tile = group_index(group, groups);
  let column_tiles = (params.inner + columns - 1u) / columns;
  let column = (tile % column_tiles) * columns + t % columns;
  let split = (tile / column_tiles) % params.splits;
  let row = (tile / column_tiles / params.splits) * params.rows + t / (columns * lanes);
  let lane = (t / columns) % lanes;
  let used = t < params.rows * lanes * columns;
  let inside = used && column < params.inner && row < params.outer;

  var best = Best(T(0), NONE);
  if (inside) {
    let end = min(params.length, (split + 1u) * params.chunk);
    let base = row * params.length * params.inner + column;
    for (var r = split * params.chunk + lane; r < end; r += lanes) {
      let at = base + r * params.inner;
      var index = i32(r);
      if (INDEXED) {
        index = earlier[at];
      }
      best = better(best, Best(x[at], index));
    }
  }
  if (TREE) {
    shared_values[t] = best.value;
    shared_indices[t] = best.index;
    for (var step = lanes / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (used && lane < step) {
        let other = t + step * columns;
        best = better(best, Best(shared_values[other], shared_indices[other]));
        shared_values[t] = best.value;
        shared_indices[t] = best.index;
      }
    }
  }
  if (inside && (lane == 0u || !TREE)) {
    var place = row * params.splits + split;
    if (!TREE) {
      place = place * lanes + lane;
    }
    let at = place * params.inner + column;
    values[at] = best.value;
    indices[at] = best.index;
  }
}

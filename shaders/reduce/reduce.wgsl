// out[o, s, i] = x[o, r, i] reduced over the chunk s of r, for x seen as [outer, length, inner].
// A workgroup covers `rows` of outer, `lanes` along length and `columns` of inner, columns fastest,
// so that neighbouring threads read neighbouring addresses whatever the shape. Each thread reduces
// every lanes-th element of its chunk, in blocks, so that rounding errors don't pile up. The lanes
// are then combined in a tree, or (TREE = false) each leaves its own result. Long reductions are cut
// into `splits` chunks. Partial results are reduced again: the order of the sums is fixed, so the
// result is the same every time. Registers: one accumulator. Workgroup memory: 256 bytes. Arithmetic intensity:
// one operation an element read; bandwidth-bound.
// Uses: grid, nan.
alias T = f32;
alias A = f32; // accumulator: f32, i32 or u32
alias O = f32;
const OP: u32 = 0u; // sum, max, min, product
const TREE: bool = true;
const BLOCK: u32 = 32u;

struct Params {
  outer: u32,
  length: u32,
  inner: u32,
  rows: u32,
  lanes: u32,
  columns: u32,
  splits: u32,
  chunk: u32,
  identity_bits: u32,
  divisor: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<O>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> partial: array<A, WORKGROUP>;

fn combine(p: A, q: A) -> A {
  switch (OP) {
    case 0u: { return p + q; }
    case 1u: { return select(select(q, p, p > q || is_nan(f32(p))), q, is_nan(f32(q))); }
    case 2u: { return select(select(q, p, p < q || is_nan(f32(p))), q, is_nan(f32(q))); }
    default: { return p * q; }
  }
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

  var sum = bitcast<A>(params.identity_bits);
  if (inside) {
    let end = min(params.length, (split + 1u) * params.chunk);
    let base = row * params.length * params.inner + column;
    for (var start = split * params.chunk + lane; start < end; start += lanes * BLOCK) {
      var part = bitcast<A>(params.identity_bits);
      let stop = min(end, start + lanes * BLOCK);
      for (var r = start; r < stop; r += lanes) {
        part = combine(part, A(x[base + r * params.inner]));
      }
      sum = combine(sum, part);
    }
  }
  if (TREE) {
    partial[t] = sum;
    for (var step = lanes / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (used && lane < step) {
        partial[t] = combine(partial[t], partial[t + step * columns]);
      }
    }
    sum = partial[t]; // only lane 0's counts, and lane 0 wrote it itself
  }
  if (inside && (lane == 0u || !TREE)) {
    var place = row * params.splits + split;
    if (!TREE) {
      place = place * lanes + lane;
    }
    out[place * params.inner + column] = O(sum / A(params.divisor));
  }
}

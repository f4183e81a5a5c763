// How a workgroup lies over an array [outer, length, inner] that is reduced over `length`
// (src/kernels/reduce/stage.ts): it covers `rows` of outer, `lanes` along length and `columns` of inner,
// columns fastest, so that neighbouring threads read neighbouring addresses whatever the shape. Long reductions are
// cut into `splits` chunks.
const TREE: bool = true; // the lanes are combined, else each leaves its own result

struct Reduction {
  outer: u32,
  length: u32,
  inner: u32,
  rows: u32,
  lanes: u32,
  columns: u32,
  splits: u32,
  chunk: u32,
}

// What one thread works on: elements base + r · inner, from r = `start` to before `end`, `lanes` apart.
struct ReductionShare {
  used: bool, // a thread of the layout
  inside: bool, // has elements
  lane: u32,
  base: u32,
  start: u32,
  end: u32,
  result: u32, // where its result goes
}

fn reduction_share(r: Reduction, thread: u32, tile: u32) -> ReductionShare {
  let column_tiles = (r.inner + r.columns - 1u) / r.columns;
  let column = (tile % column_tiles) * r.columns + thread % r.columns;
  let split = (tile / column_tiles) % r.splits;
  let row = (tile / column_tiles / r.splits) * r.rows + thread / (r.columns * r.lanes);
  var share = ReductionShare();
  share.lane = (thread / r.columns) % r.lanes;
  share.used = thread < r.rows * r.lanes * r.columns;
  share.inside = share.used && column < r.inner && row < r.outer;
  share.base = row * r.length * r.inner + column;
  share.start = split * r.chunk + share.lane;
  share.end = min(r.length, (split + 1u) * r.chunk);
  var place = row * r.splits + split;
  if (!TREE) {
    place = place * r.lanes + share.lane;
  }
  share.result = place * r.inner + column;
  return share;
}

// Whether a thread of these writes a result.
fn leaves_result(share: ReductionShare) -> bool {
  return share.inside && (share.lane == 0u || !TREE);
}

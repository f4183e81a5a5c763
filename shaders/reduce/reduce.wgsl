// out[o, s, i] = x[o, r, i] reduced over the chunk s of r, for x seen as [outer, length, inner].
// Each thread reduces every lanes-th element of its chunk, in blocks, so that rounding errors don't pile up. The lanes
// are then combined in a tree, or (TREE = false) each leaves its own result.
// Partial results are reduced again: the order of the sums is fixed, so the
// result is the same every time. Registers: one accumulator. Workgroup memory: 256 bytes. Arithmetic intensity:
// one operation per element read; bandwidth-bound.
// Uses: grid, nan, reduction.
alias T = f32;
alias A = f32; // accumulator: f32, i32 or u32
alias O = f32;
const BLOCK: u32 = 32u;

const SUM: u32 = 0u;
const MAX: u32 = 1u;
const MIN: u32 = 2u;
const PROD: u32 = 3u;
const OP: u32 = SUM;

struct Params {
  shape: Reduction,
  identity_bits: u32,
  divisor: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<O>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> partial: array<A, WORKGROUP>;

fn combine(p: A, q: A) -> A {
  switch (OP) {
    case SUM: { return p + q; }
    case MAX: { return select(select(q, p, p > q || is_nan(f32(p))), q, is_nan(f32(q))); }
    case MIN: { return select(select(q, p, p < q || is_nan(f32(p))), q, is_nan(f32(q))); }
    default: { return p * q; }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let lanes = params.shape.lanes;
  let inner = params.shape.inner;
  let share = reduction_share(params.shape, local, group_index(group));
  var sum = bitcast<A>(params.identity_bits);
  if (share.inside) {
    for (var start = share.start; start < share.end; start += lanes * BLOCK) {
      var part = bitcast<A>(params.identity_bits);
      let stop = min(share.end, start + lanes * BLOCK);
      for (var r = start; r < stop; r += lanes) {
        part = combine(part, A(x[share.base + r * inner]));
      }
      sum = combine(sum, part);
    }
  }
  if (TREE) {
    partial[local] = sum;
    for (var step = lanes / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (share.used && share.lane < step) {
        partial[local] = combine(partial[local], partial[local + step * params.shape.columns]);
      }
    }
    sum = partial[local]; // only lane 0's counts, and lane 0 wrote it itself
  }
  if (leaves_result(share)) {
    out[share.result] = O(sum / A(params.divisor));
  }
}

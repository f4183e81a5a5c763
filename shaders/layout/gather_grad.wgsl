// dx[o, r, i] = Σ_j dy[o, j, i] where index(o, j, i) == r: each element collects what was taken from
// it, always in the same order, so that the sum is deterministic without atomics. Reads count × n
// indices, which stay in cache: for few indices per line (one for max(dim)); gather_sum.wgsl serves more.
// Uses: grid, indexing.
alias T = f32;
alias I = i32;

struct Params {
  shape: Indexing,
  n: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> indices: array<I>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let n = linear_index(thread);
  if (n >= params.n) { return; }
  let shape = params.shape;
  let i = n % shape.inner;
  let r = n / shape.inner % shape.length;
  let o = n / shape.inner / shape.length;
  let at = first_index(o, i, shape);
  var sum = 0.0;
  for (var j = 0u; j < shape.count; j++) {
    if (u32(indices[at + j * shape.index_stride_j]) == r) {
      sum += f32(dy[(o * shape.count + j) * shape.inner + i]);
    }
  }
  dx[n] = T(sum);
}

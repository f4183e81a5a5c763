// out[o, j, i] = x[o, index(o, j, i), i], for x seen as [outer, length, inner]. The index is one per
// element (gather) or one per j (indexSelect), by its strides. Where it is out of range, floats become
// NaN: a kernel can't throw. Bandwidth-bound, coalesced along inner.
// Uses: grid, indexing.
alias T = f32;
alias I = i32;

struct Params {
  shape: Indexing,
  n: u32,
  poison_bits: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> indices: array<I>;
@group(0) @binding(2) var<storage, read_write> out: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let n = linear_index(thread);
  if (n >= params.n) { return; }
  let shape = params.shape;
  let i = n % shape.inner;
  let j = n / shape.inner % shape.count;
  let o = n / shape.inner / shape.count;
  let r = u32(indices[first_index(o, i, shape) + j * shape.index_stride_j]); // negative ones become large
  if (r < shape.length) {
    out[n] = x[(o * shape.length + r) * shape.inner + i];
  } else {
    out[n] = T(bitcast<f32>(params.poison_bits));
  }
}

// Picks along one dimension: x is seen as [outer, length, inner], and `count` of its `length` places are named by
// indices: one index per element of the result [outer, count, inner], or one per place for all lines, by the strides
// of the indices.
struct Indexing {
  @align(16) length: u32,
  inner: u32,
  count: u32,
  index_stride_outer: u32,
  index_stride_j: u32,
  index_stride_inner: u32,
}

// Where the first index of line (o, i) lies.
fn first_index(o: u32, i: u32, shape: Indexing) -> u32 {
  return o * shape.index_stride_outer + i * shape.index_stride_inner;
}

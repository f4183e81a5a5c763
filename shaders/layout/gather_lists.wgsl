// For each element r of a line, a linked list of the places j that name it: first[line, r] leads to one place plus
// one, next[line, j] from each to another; 0 ends a list. Their order is that of the threads' arrival, and different
// in each run: gather_sort.wgsl puts it right. `first` must hold zeros. Integer atomics only; bandwidth-bound.
// Uses: grid, indexing.
alias I = i32;

struct Params {
  shape: Indexing,
  n: u32, // lines · count
}

@group(0) @binding(0) var<storage, read> indices: array<I>;
@group(0) @binding(1) var<storage, read_write> first: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> next: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let n = linear_index(thread);
  if (n >= params.n) { return; }
  let shape = params.shape;
  let j = n % shape.count;
  let line = n / shape.count;
  let i = line % shape.inner;
  let o = line / shape.inner;
  let r = u32(indices[first_index(o, i, shape) + j * shape.index_stride_j]); // negative ones become large
  if (r < shape.length) {
    next[n] = atomicExchange(&first[line * shape.length + r], j + 1u);
  }
}

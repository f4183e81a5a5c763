// For each element r of a line, a linked list of the places j that name it: first[line, r] leads to one place plus
// one, next[line, j] from each to another; 0 ends a list. Their order is that of the threads' arrival, and different
// in each run: gather_sort.wgsl puts it right. `first` must hold zeros. Integer atomics only; bandwidth-bound.
// Uses: grid.
alias I = i32;

struct Params {
  n: u32, // lines · count
  length: u32,
  inner: u32,
  count: u32,
  index_stride_outer: u32,
  index_stride_j: u32,
  index_stride_inner: u32,
}

@group(0) @binding(0) var<storage, read> indices: array<I>;
@group(0) @binding(1) var<storage, read_write> first: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> next: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let n = linear_index(gid, groups);
  if (n >= params.n) { return; }
  let j = n % params.count;
  let line = n / params.count;
  let i = line % params.inner;
  let o = line / params.inner;
  let at = o * params.index_stride_outer + j * params.index_stride_j + i * params.index_stride_inner;
  let r = u32(indices[at]); // negative ones become large
  if (r < params.length) {
    next[n] = atomicExchange(&first[line * params.length + r], j + 1u);
  }
}

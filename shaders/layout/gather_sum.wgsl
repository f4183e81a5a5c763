// dx[o, r, i] = Σ_j dy[o, j, i] along the sorted list of the places j that name r (gather_sort.wgsl). Lines are
// (o, i) with indices of their own, or one for all (`line_stride_…` 0). Deterministic. Bandwidth-bound: one read of
// dy for each place, coalesced along inner.
// Uses: grid.
alias T = f32;

struct Params {
  n: u32,
  length: u32,
  inner: u32,
  count: u32,
  line_stride_outer: u32,
  line_stride_inner: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> first: array<u32>;
@group(0) @binding(2) var<storage, read> next: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let n = linear_index(thread);
  if (n >= params.n) { return; }
  let i = n % params.inner;
  let r = n / params.inner % params.length;
  let o = n / params.inner / params.length;
  let line = o * params.line_stride_outer + i * params.line_stride_inner;
  let places = line * params.count;
  var sum = 0.0;
  for (var j = first[line * params.length + r]; j != 0u; j = next[places + j - 1u]) {
    sum += f32(dy[(o * params.count + j - 1u) * params.inner + i]);
  }
  dx[n] = T(sum);
}

// out[i] = x[offset + Σ coordinate_d(i) * stride_d]: permuted, repeated (stride 0) or cut-out views
// made dense. The host merges what dimensions it can.
// Bandwidth-bound: a read and a write per element; writes coalesced, reads where the last stride is
// 0 or 1 (transpose.wgsl does the others).
// Uses: grid, walk.
alias T = f32;

struct Params {
  n: u32,
  offset: u32,
  dims: array<vec4<u32>, 2>,
  strides: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let at = coordinates_of(i, params.dims[0], params.dims[1]);
  out[i] = x[params.offset + offset_at(at, params.strides[0], params.strides[1])];
}

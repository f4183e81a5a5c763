// out[i] = x[offset + Σ coordinate_d(i) * stride_d]: permuted, repeated (stride 0) or cut-out views
// made dense. The walk over RANK dimensions is binary.wgsl's; the host merges what it can.
// Bandwidth-bound: a read and a write an element; writes coalesced, reads where the last stride is
// 0 or 1 (transpose.wgsl does the others).
// Uses: grid.
alias T = f32;
const RANK: u32 = 1u;

struct Params {
  n: u32,
  offset: u32,
  dims: array<vec4<u32>, 2>,
  strides: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// As in binary.wgsl.
fn walk(i: u32) -> u32 {
  var rest = i;
  var at = 0u;
  if (RANK > 1u) {
    let next = rest / params.dims[0].x;
    at += (rest - next * params.dims[0].x) * params.strides[0].x;
    rest = next;
  }
  if (RANK > 2u) {
    let next = rest / params.dims[0].y;
    at += (rest - next * params.dims[0].y) * params.strides[0].y;
    rest = next;
  }
  if (RANK > 3u) {
    let next = rest / params.dims[0].z;
    at += (rest - next * params.dims[0].z) * params.strides[0].z;
    rest = next;
  }
  if (RANK > 4u) {
    let next = rest / params.dims[0].w;
    at += (rest - next * params.dims[0].w) * params.strides[0].w;
    rest = next;
  }
  if (RANK > 5u) {
    let next = rest / params.dims[1].x;
    at += (rest - next * params.dims[1].x) * params.strides[1].x;
    rest = next;
  }
  return at + rest * params.strides[1].y;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = linear_index(gid, groups);
  if (i >= params.n) { return; }
  out[i] = x[params.offset + walk(i)];
}

// out[i] = x[offset + Σ coordinate_d(i) * stride_d]: permuted, repeated (stride 0) or cut-out views
// made dense. Coordinates run over `dims`, the last RANK of six; the host merges what it can.
// Bandwidth-bound: a read and a write an element; writes coalesced, reads where the last stride is
// 0 or 1 (transpose.wgsl does the others).
alias T = f32;
const WORKGROUP: u32 = 64u;
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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = gid.x + gid.y * groups.x * WORKGROUP;
  if (i >= params.n) {
    return;
  }
  var rest = i;
  var at = params.offset;
  for (var k = 0u; k < RANK; k++) {
    let d = 5u - k;
    let size = params.dims[d / 4u][d % 4u];
    at += (rest % size) * params.strides[d / 4u][d % 4u];
    rest /= size;
  }
  out[i] = x[at];
}

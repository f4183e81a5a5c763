// Gradient of a maximum or minimum over dimensions: dx[i] = dy[r] / ties[r] where x[i] == out[r],
// else 0; r is i with the reduced dimensions left out. What ties shares the gradient evenly, as in
// PyTorch's amax. The walk is binary.wgsl's, with the strides of the reduced arrays, 0 along the
// reduced dimensions. Bandwidth-bound: four reads (three of them often cached) and a write.
// Uses: grid.
alias T = f32;
const RANK: u32 = 0u; // 0: nothing was reduced, the shapes agree

struct Params {
  n: u32,
  dims: array<vec4<u32>, 2>,
  strides: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> out: array<T>;
@group(0) @binding(3) var<storage, read> ties: array<u32>;
@group(0) @binding(4) var<storage, read_write> dx: array<T>;
@group(0) @binding(5) var<uniform> params: Params;

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
  var r = i;
  if (RANK > 0u) {
    r = walk(i);
  }
  dx[i] = select(T(0), dy[r] / T(ties[r]), x[i] == out[r]);
}

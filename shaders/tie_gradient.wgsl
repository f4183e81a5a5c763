// Gradient of a maximum or minimum over dimensions: dx[i] = dy[r] / ties[r] where x[i] == out[r],
// else 0; r is i with the reduced dimensions left out. What ties shares the gradient evenly, as in
// PyTorch's amax. Layout as in binary.wgsl: dims and strides of the reduced arrays, 0 along the
// reduced dimensions. Bandwidth-bound: four reads (three of them often cached) and a write.
alias T = f32;
const WORKGROUP: u32 = 64u;
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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = gid.x + gid.y * groups.x * WORKGROUP;
  if (i >= params.n) {
    return;
  }
  var rest = i;
  var r = select(0u, i, RANK == 0u);
  for (var k = 0u; k < RANK; k++) {
    let d = 5u - k;
    let size = params.dims[d / 4u][d % 4u];
    r += (rest % size) * params.strides[d / 4u][d % 4u];
    rest /= size;
  }
  dx[i] = select(T(0), dy[r] / T(ties[r]), x[i] == out[r]);
}

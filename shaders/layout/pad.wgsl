// out = x with `before` values of a number in front of each dimension and as many behind as the
// output has room for. Coordinates run over the last RANK of six dimensions; the host merges
// dimensions without padding into their neighbours. Bandwidth-bound, writes coalesced.
// Uses: grid.
alias T = f32;
alias S = f32; // the 32-bit type that T's numbers come in: i32, u32, or f32 for floats
const RANK: u32 = 1u;

struct Params {
  n: u32,
  value_bits: u32,
  dims: array<vec4<u32>, 2>,
  before: array<vec4<u32>, 2>,
  sizes: array<vec4<u32>, 2>, // of x
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = linear_index(gid, groups);
  if (i >= params.n) { return; }
  var rest = i;
  var at = 0u;
  var stride = 1u;
  var inside = true;
  for (var k = 0u; k < RANK; k++) {
    let d = 5u - k;
    let size = params.dims[d / 4u][d % 4u];
    let in_size = params.sizes[d / 4u][d % 4u];
    let coordinate = rest % size - params.before[d / 4u][d % 4u]; // wraps below zero
    rest /= size;
    inside = inside && coordinate < in_size;
    at += coordinate * stride;
    stride *= in_size;
  }
  if (inside) {
    out[i] = x[at];
  } else {
    out[i] = T(bitcast<S>(params.value_bits));
  }
}

// out[i] = condition[i] != 0 ? a[i] : b[i], with NumPy broadcasting of all three; a or b may be a
// number. Layout of the walk as in binary.wgsl. Bandwidth-bound.
// Uses: grid.
alias T = f32;
alias C = u32;
const RANK: u32 = 0u;
const A_NUMBER: bool = false;
const B_NUMBER: bool = false;

struct Params {
  n: u32,
  a_number: f32,
  b_number: f32,
  dims: array<vec4<u32>, 2>,
  strides_c: array<vec4<u32>, 2>,
  strides_a: array<vec4<u32>, 2>,
  strides_b: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> condition: array<C>;
@group(0) @binding(1) var<storage, read> a: array<T>;
@group(0) @binding(2) var<storage, read> b: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

// As in binary.wgsl.
fn walk(i: u32) -> vec3<u32> {
  var rest = i;
  var at = vec3<u32>();
  if (RANK > 1u) {
    let next = rest / params.dims[0].x;
    at += (rest - next * params.dims[0].x) * vec3(params.strides_c[0].x, params.strides_a[0].x, params.strides_b[0].x);
    rest = next;
  }
  if (RANK > 2u) {
    let next = rest / params.dims[0].y;
    at += (rest - next * params.dims[0].y) * vec3(params.strides_c[0].y, params.strides_a[0].y, params.strides_b[0].y);
    rest = next;
  }
  if (RANK > 3u) {
    let next = rest / params.dims[0].z;
    at += (rest - next * params.dims[0].z) * vec3(params.strides_c[0].z, params.strides_a[0].z, params.strides_b[0].z);
    rest = next;
  }
  if (RANK > 4u) {
    let next = rest / params.dims[0].w;
    at += (rest - next * params.dims[0].w) * vec3(params.strides_c[0].w, params.strides_a[0].w, params.strides_b[0].w);
    rest = next;
  }
  if (RANK > 5u) {
    let next = rest / params.dims[1].x;
    at += (rest - next * params.dims[1].x) * vec3(params.strides_c[1].x, params.strides_a[1].x, params.strides_b[1].x);
    rest = next;
  }
  return at + rest * vec3(params.strides_c[1].y, params.strides_a[1].y, params.strides_b[1].y);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = linear_index(gid, groups);
  if (i >= params.n) { return; }
  var at = vec3(i);
  if (RANK > 0u) {
    at = walk(i);
  }
  var x = T(params.a_number);
  var y = T(params.b_number);
  if (!A_NUMBER) {
    x = a[at.y];
  }
  if (!B_NUMBER) {
    y = b[at.z];
  }
  out[i] = select(y, x, condition[at.x] != C(0));
}

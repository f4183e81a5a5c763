// out[i] = condition[i] != 0 ? a[i] : b[i], with NumPy broadcasting of all three; a or b may be a
// number. Layout of the walk as in binary.wgsl. Bandwidth-bound.
alias T = f32;
alias C = u32;
const WORKGROUP: u32 = 64u;
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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = gid.x + gid.y * groups.x * WORKGROUP;
  if (i >= params.n) {
    return;
  }
  var ic = i;
  var ia = i;
  var ib = i;
  if (RANK > 0u) {
    var rest = i;
    ic = 0u;
    ia = 0u;
    ib = 0u;
    for (var k = 0u; k < RANK; k++) {
      let d = 5u - k;
      let size = params.dims[d / 4u][d % 4u];
      let coordinate = rest % size;
      rest /= size;
      ic += coordinate * params.strides_c[d / 4u][d % 4u];
      ia += coordinate * params.strides_a[d / 4u][d % 4u];
      ib += coordinate * params.strides_b[d / 4u][d % 4u];
    }
  }
  var x = T(params.a_number);
  var y = T(params.b_number);
  if (!A_NUMBER) {
    x = a[ia];
  }
  if (!B_NUMBER) {
    y = b[ib];
  }
  out[i] = select(y, x, condition[ic] != C(0));
}

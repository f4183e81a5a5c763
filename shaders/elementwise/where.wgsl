// out[i] = condition[i] != 0 ? a[i] : b[i], with NumPy broadcasting of all three; a or b may be a
// number. Bandwidth-bound.
// Uses: grid, walk.
alias T = f32;
alias C = u32;
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

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  var at = vec3(i); // in condition, a and b
  if (RANK > 0u) {
    let place = coordinates_of(i, params.dims[0], params.dims[1]);
    at = vec3(
      offset_at(place, params.strides_c[0], params.strides_c[1]),
      offset_at(place, params.strides_a[0], params.strides_a[1]),
      offset_at(place, params.strides_b[0], params.strides_b[1]),
    );
  }
  var x = T(params.a_number);
  var y = T(params.b_number);
  if (!A_NUMBER) { x = a[at.y]; }
  if (!B_NUMBER) { y = b[at.z]; }
  out[i] = select(y, x, condition[at.x] != C(0));
}

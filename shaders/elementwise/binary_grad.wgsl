// One operand's gradient of an element-wise function of two, before it is summed over that
// operand's repeated dimensions: dx[i] = dy[i] * df/da (or df/db), in the shape of the result.
// Layout and broadcasting as in binary.wgsl; b may be a number.
// Conventions are PyTorch's: at a tie, maximum and minimum give half to each operand; powers of 0
// have gradient 0 where the limit is 0 times infinity.
// Bandwidth-bound: three reads and a write an element.
// Uses: grid.
alias T = f32;
const OP: u32 = 0u;
const RANK: u32 = 0u;
const NUMBER: bool = false;

struct Params {
  n: u32,
  number: f32,
  dims: array<vec4<u32>, 2>,
  strides_a: array<vec4<u32>, 2>,
  strides_b: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> a: array<T>;
@group(0) @binding(2) var<storage, read> b: array<T>;
@group(0) @binding(3) var<storage, read_write> dx: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

// x^y for whole y or x >= 0.
fn power(x: f32, y: f32) -> f32 {
  if (y == 0.0) {
    return 1.0;
  }
  if (x == 0.0) {
    return select(0.0, 1.0 / abs(x), y < 0.0);
  }
  if (y == 1.0) {
    return x;
  }
  let magnitude = pow(abs(x), y);
  let odd = floor(y * 0.5) * 2.0 != y;
  return select(magnitude, -magnitude, x < 0.0 && odd);
}

fn apply(g: f32, x: f32, y: f32) -> f32 {
  switch (OP) {
    case 0u: { return -g * (x / y) / y; } // x / y by y
    case 1u: { return select(select(g, 0.5 * g, x == y), 0.0, x < y); } // max(x, y) by x
    case 2u: { return select(select(g, 0.5 * g, x == y), 0.0, x > y); } // min(x, y) by x
    case 3u: { // x^y by x
      if (y == 0.0) {
        return 0.0;
      }
      if (x < 0.0 && floor(y) != y) {
        return g * log(x); // NaN
      }
      return g * y * power(x, y - 1.0);
    }
    case 4u: { // x^y by y
      if (x == 0.0 && y >= 0.0) {
        return 0.0;
      }
      if (x < 0.0) {
        return g * log(x); // NaN
      }
      return g * power(x, y) * log(x);
    }
    default: { return g; }
  }
}

// As in binary.wgsl.
fn walk(i: u32) -> vec2<u32> {
  var rest = i;
  var at = vec2<u32>();
  if (RANK > 1u) {
    let next = rest / params.dims[0].x;
    at += (rest - next * params.dims[0].x) * vec2(params.strides_a[0].x, params.strides_b[0].x);
    rest = next;
  }
  if (RANK > 2u) {
    let next = rest / params.dims[0].y;
    at += (rest - next * params.dims[0].y) * vec2(params.strides_a[0].y, params.strides_b[0].y);
    rest = next;
  }
  if (RANK > 3u) {
    let next = rest / params.dims[0].z;
    at += (rest - next * params.dims[0].z) * vec2(params.strides_a[0].z, params.strides_b[0].z);
    rest = next;
  }
  if (RANK > 4u) {
    let next = rest / params.dims[0].w;
    at += (rest - next * params.dims[0].w) * vec2(params.strides_a[0].w, params.strides_b[0].w);
    rest = next;
  }
  if (RANK > 5u) {
    let next = rest / params.dims[1].x;
    at += (rest - next * params.dims[1].x) * vec2(params.strides_a[1].x, params.strides_b[1].x);
    rest = next;
  }
  return at + rest * vec2(params.strides_a[1].y, params.strides_b[1].y);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = linear_index(gid, groups);
  if (i >= params.n) { return; }
  var at = vec2(i);
  if (RANK > 0u) {
    at = walk(i);
  }
  let y = select(f32(b[at.y]), params.number, NUMBER);
  dx[i] = T(apply(f32(dy[i]), f32(a[at.x]), y));
}

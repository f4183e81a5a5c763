// out[i] = a op b, where both are arrays (NumPy broadcasting when RANK > 0) or one is a number.
// Broadcasting: index i of the output is unravelled over RANK dimensions and dotted with each
// operand's strides, which are 0 along repeated dimensions. The host merges dimensions that both
// operands walk in step, so RANK is seldom above 3. `dims` and strides are listed from the innermost
// dimension on, with the outermost one's always at place 5 (src/kernels/broadcast.ts: walkParams).
// The walk is unrolled by hand: dynamic indices into uniforms are dear on software adapters.
// Comparisons give 1 or 0. Bandwidth-bound: two reads and a write an element, coalesced where
// strides allow.
// Uses: grid, nan.
alias T = f32;
alias S = f32; // the 32-bit type that T's numbers come in: i32, u32, or f32 for floats
alias R = f32; // result: T, or u32 for comparisons
const OP: u32 = 0u;
const RANK: u32 = 0u;
const NUMBER: u32 = 0u; // 1: b is the number, 2: a is

struct Params {
  n: u32,
  number_bits: u32,
  dims: array<vec4<u32>, 2>,
  strides_a: array<vec4<u32>, 2>,
  strides_b: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> a: array<T>;
@group(0) @binding(1) var<storage, read> b: array<T>;
@group(0) @binding(2) var<storage, read_write> out: array<R>;
@group(0) @binding(3) var<uniform> params: Params;

// x^y as PyTorch: 1 for y = 0, signs kept for whole y, NaN for a negative x otherwise.
fn power(x: f32, y: f32) -> f32 {
  if (y == 0.0 || x == 1.0) {
    return 1.0;
  }
  if (is_nan(x) || is_nan(y)) {
    return x + y;
  }
  if (x == 0.0) {
    return select(0.0, 1.0 / abs(x), y < 0.0);
  }
  if (y == 1.0) {
    return x;
  }
  if (y == 2.0) {
    return x * x;
  }
  if (y == -1.0) {
    return 1.0 / x;
  }
  var result = pow(abs(x), y);
  if (x < 0.0) {
    let half = floor(y * 0.5) * 2.0;
    result = select(select(-result, result, half == y), nan(), floor(y) != y);
  }
  return result;
}

fn apply(x: T, y: T) -> R {
  switch (OP) {
    case 0u: { return R(x + y); }
    case 1u: { return R(x - y); }
    case 2u: { return R(x * y); }
    case 3u: { return R(x / y); }
    // NaN propagates, as in PyTorch.
    case 4u: { return R(select(select(y, x, x > y || is_nan(f32(x))), y, is_nan(f32(y)))); }
    case 5u: { return R(select(select(y, x, x < y || is_nan(f32(x))), y, is_nan(f32(y)))); }
    case 6u: { return R(power(f32(x), f32(y))); }
    case 7u: { return R(select(0u, 1u, x == y)); }
    case 8u: { return R(select(1u, 0u, x == y)); }
    case 9u: { return R(select(0u, 1u, x < y)); }
    case 10u: { return R(select(0u, 1u, x <= y)); }
    case 11u: { return R(select(0u, 1u, x > y)); }
    case 12u: { return R(select(0u, 1u, x >= y)); }
    default: { return R(x); }
  }
}

// Where operands a and b hold what element i of the result is made of.
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
  let number = T(bitcast<S>(params.number_bits));
  if (NUMBER == 1u) {
    out[i] = apply(a[at.x], number);
  } else if (NUMBER == 2u) {
    out[i] = apply(number, b[at.y]);
  } else {
    out[i] = apply(a[at.x], b[at.y]);
  }
}

// out[i] = a op b, where both are arrays (NumPy broadcasting when RANK > 0) or one is a number.
// The host merges dimensions that both operands walk in step, so RANK is seldom above 3.
// Comparisons give 1 or 0. Bandwidth-bound: two reads and a write per element, coalesced where
// strides allow.
// Uses: grid, nan, power, walk.
alias T = f32;
alias S = f32; // the 32-bit type that T's numbers come in: i32, u32, or f32 for floats
alias R = f32; // result: T, or u32 for comparisons
const A_NUMBER: bool = false;
const B_NUMBER: bool = false;

const ADD: u32 = 0u;
const SUB: u32 = 1u;
const MUL: u32 = 2u;
const DIV: u32 = 3u;
const MAXIMUM: u32 = 4u;
const MINIMUM: u32 = 5u;
const POW: u32 = 6u;
const EQ: u32 = 7u;
const NE: u32 = 8u;
const LT: u32 = 9u;
const LE: u32 = 10u;
const GT: u32 = 11u;
const GE: u32 = 12u;
const OP: u32 = ADD;

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

fn apply(x: T, y: T) -> R {
  switch (OP) {
    case ADD: { return R(x + y); }
    case SUB: { return R(x - y); }
    case MUL: { return R(x * y); }
    case DIV: { return R(x / y); }
    // NaN propagates, as in PyTorch.
    case MAXIMUM: { return R(select(select(y, x, x > y || is_nan(f32(x))), y, is_nan(f32(y)))); }
    case MINIMUM: { return R(select(select(y, x, x < y || is_nan(f32(x))), y, is_nan(f32(y)))); }
    case POW: { return R(power(f32(x), f32(y))); }
    case EQ: { return R(select(0u, 1u, x == y)); }
    case NE: { return R(select(1u, 0u, x == y)); }
    case LT: { return R(select(0u, 1u, x < y)); }
    case LE: { return R(select(0u, 1u, x <= y)); }
    case GT: { return R(select(0u, 1u, x > y)); }
    case GE: { return R(select(0u, 1u, x >= y)); }
    default: { return R(x); }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let at = pair_at(
    i, params.dims[0], params.dims[1],
    params.strides_a[0], params.strides_a[1], params.strides_b[0], params.strides_b[1],
  );
  let number = T(bitcast<S>(params.number_bits));
  if (A_NUMBER) {
    out[i] = apply(number, b[at.y]);
  } else if (B_NUMBER) {
    out[i] = apply(a[at.x], number);
  } else {
    out[i] = apply(a[at.x], b[at.y]);
  }
}

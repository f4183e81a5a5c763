// One operand's gradient of an element-wise function of two, before it is summed over that
// operand's repeated dimensions: dx[i] = dy[i] * df/da (or df/db), in the shape of the result.
// Layout and broadcasting as in binary.wgsl; b may be a number.
// Conventions are PyTorch's: at a tie, maximum and minimum give half to each operand; powers of 0
// have gradient 0 where the limit is 0 times infinity.
// Bandwidth-bound: three reads and a write per element.
// Uses: grid, logarithms, power, walk.
alias T = f32;
const B_NUMBER: bool = false;

const DIV_BY_B: u32 = 0u;
const MAXIMUM_BY_A: u32 = 1u;
const MINIMUM_BY_A: u32 = 2u;
const POW_BY_A: u32 = 3u;
const POW_BY_B: u32 = 4u;
const OP: u32 = DIV_BY_B;

struct Params {
  n: u32,
  b_number: f32,
  dims: array<vec4<u32>, 2>,
  strides_a: array<vec4<u32>, 2>,
  strides_b: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> a: array<T>;
@group(0) @binding(2) var<storage, read> b: array<T>;
@group(0) @binding(3) var<storage, read_write> dx: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

fn apply(g: f32, x: f32, y: f32) -> f32 {
  switch (OP) {
    case DIV_BY_B: { return -g * (x / y) / y; }
    case MAXIMUM_BY_A: { return select(select(g, 0.5 * g, x == y), 0.0, x < y); }
    case MINIMUM_BY_A: { return select(select(g, 0.5 * g, x == y), 0.0, x > y); }
    case POW_BY_A: {
      if (y == 0.0) { return 0.0; }
      if (x < 0.0 && floor(y) != y) { return g * log(x); } // NaN
      return g * y * power(x, y - 1.0);
    }
    case POW_BY_B: {
      if (x == 0.0 && y >= 0.0) { return 0.0; }
      if (x < 0.0) { return g * log(x); } // NaN
      return g * power(x, y) * whole_log(x);
    }
    default: { return g; }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let at = pair_at(
    i, params.dims[0], params.dims[1],
    params.strides_a[0], params.strides_a[1], params.strides_b[0], params.strides_b[1],
  );
  let y = select(f32(b[at.y]), params.b_number, B_NUMBER);
  dx[i] = T(apply(f32(dy[i]), f32(a[at.x]), y));
}

// out[i] = a op b, NumPy broadcasting when BROADCAST.
// Broadcasting: index i of the output is unravelled over `dims` (padded with leading ones to six)
// and dotted with each operand's strides, which are 0 along repeated dimensions.
// Bandwidth-bound: two reads and a write an element, coalesced where strides allow.
alias T = f32;
const WORKGROUP: u32 = 64u;
const OP: u32 = 0u;
const BROADCAST: bool = false;

struct Params {
  n: u32,
  dims: array<vec4<u32>, 2>,
  strides_a: array<vec4<u32>, 2>,
  strides_b: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> a: array<T>;
@group(0) @binding(1) var<storage, read> b: array<T>;
@group(0) @binding(2) var<storage, read_write> out: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

fn apply(x: T, y: T) -> T {
  switch (OP) {
    case 0u: { return x + y; }
    case 1u: { return x - y; }
    case 2u: { return x * y; }
    case 3u: { return x / y; }
    // NaN propagates, as in PyTorch: a comparison with NaN is false, so test the operands.
    case 4u: { return select(select(y, x, x > y || x != x), y, y != y); }
    case 5u: { return select(select(y, x, x < y || x != x), y, y != y); }
    default: { return x; }
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = gid.x + gid.y * groups.x * WORKGROUP;
  if (i >= params.n) {
    return;
  }
  var ia = i;
  var ib = i;
  if (BROADCAST) {
    var rest = i;
    ia = 0u;
    ib = 0u;
    for (var d = 5u; d < 6u; d--) { // wraps below zero
      let size = params.dims[d / 4u][d % 4u];
      let coordinate = rest % size;
      rest /= size;
      ia += coordinate * params.strides_a[d / 4u][d % 4u];
      ib += coordinate * params.strides_b[d / 4u][d % 4u];
    }
  }
  out[i] = apply(a[ia], b[ib]);
}

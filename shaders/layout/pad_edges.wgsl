// Padding along one dimension with x's own values, for x seen as [outer, length, inner]:
// replicate repeats the edge, reflect mirrors at it without repeating it (as PyTorch).
// With GRADIENT, x is the output's gradient and out the input's: each element collects from the
// places it was copied to, in a fixed order. Bandwidth-bound, coalesced along inner.
// Uses: grid.
alias T = f32;
const REFLECT: bool = true;
const GRADIENT: bool = false;

struct Params {
  n: u32, // elements of out
  length: u32, // of the unpadded array
  inner: u32,
  before: u32,
  after: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

fn source_of(place: i32) -> i32 {
  let last = i32(params.length) - 1;
  if (!REFLECT) {
    return clamp(place, 0, last);
  }
  let mirrored = abs(place);
  return select(mirrored, 2 * last - mirrored, mirrored > last);
}

fn collect(base: u32, r: u32) -> f32 {
  let inner = params.inner;
  let padded = params.before + params.length + params.after;
  let last = params.length - 1u;
  var sum = f32(x[base + (r + params.before) * inner]);
  if (REFLECT) {
    if (r >= 1u && r <= params.before) {
      sum += f32(x[base + (params.before - r) * inner]);
    }
    if (r < last && last - r <= params.after) {
      sum += f32(x[base + (params.before + 2u * last - r) * inner]);
    }
    return sum;
  }
  if (r == 0u) {
    for (var k = 0u; k < params.before; k++) {
      sum += f32(x[base + k * inner]);
    }
  }
  if (r == last) {
    for (var k = params.before + params.length; k < padded; k++) {
      sum += f32(x[base + k * inner]);
    }
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let n = linear_index(thread);
  if (n >= params.n) { return; }
  let inner = params.inner;
  let padded = params.before + params.length + params.after;
  let i = n % inner;
  if (GRADIENT) {
    let r = n / inner % params.length;
    let o = n / inner / params.length;
    out[n] = T(collect(o * padded * inner + i, r));
  } else {
    let k = n / inner % padded;
    let o = n / inner / padded;
    let r = u32(source_of(i32(k) - i32(params.before)));
    out[n] = x[(o * params.length + r) * inner + i];
  }
}

// Weight gradient by Winograd's identity, last step: dw[o, c] = Gᵀ D G with D[ξ] = Σ over s of parts[s, ξ, o, c], the
// transpose of the filter transform (winograd_filter.wgsl). The parts, slices of the sum over tiles, are added in a
// fixed order. dw is [O, C, 3, 3].
//
// One thread per filter; neighbouring lanes own neighbouring c, so that the parts are read coalesced.
// Intensity: about 2 operations per load or store; (M + 2)² + 9 registers.
// Uses: grid, winograd.
alias T = f32;
const SINGLE: bool = true; // one part: nothing to add

struct Params {
  filters: u32, // O · C
  parts: u32,
}

@group(0) @binding(0) var<storage, read> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> dw: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// Gᵀ d for one column or row d.
fn transform(d: array<f32, 6>) -> vec3<f32> {
  let a = d[1] + d[2];
  let b = d[1] - d[2];
  if (M == 2u) {
    return vec3<f32>(d[0] + 0.5 * a, 0.5 * b, 0.5 * a + d[3]);
  }
  let c = d[3] + d[4];
  let e = d[3] - d[4];
  return vec3<f32>(
    0.25 * d[0] - (1.0 / 6.0) * a + (1.0 / 24.0) * c,
    (-1.0 / 6.0) * b + (1.0 / 12.0) * e,
    (1.0 / 6.0) * (c - a) + d[5],
  );
}

fn load(index: u32) -> f32 {
  if (SINGLE) {
    return parts[index];
  }
  var sum = parts[index];
  for (var s = 1u; s < params.parts; s++) {
    sum += parts[index + s * E * E * params.filters];
  }
  return sum;
}

fn load_row(index: u32) -> array<f32, 6> {
  var d = array<f32, 6>();
  d[0] = load(index);
  d[1] = load(index + params.filters);
  d[2] = load(index + 2u * params.filters);
  d[3] = load(index + 3u * params.filters);
  if (M > 2u) {
    d[4] = load(index + 4u * params.filters);
    d[5] = load(index + 5u * params.filters);
  }
  return d;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  if (index >= params.filters) { return; }
  let row = E * params.filters;
  let r0 = transform(load_row(index));
  let r1 = transform(load_row(index + row));
  let r2 = transform(load_row(index + 2u * row));
  let r3 = transform(load_row(index + 3u * row));
  var r4 = vec3<f32>();
  var r5 = vec3<f32>();
  if (M > 2u) {
    r4 = transform(load_row(index + 4u * row));
    r5 = transform(load_row(index + 5u * row));
  }
  let c0 = transform(array<f32, 6>(r0.x, r1.x, r2.x, r3.x, r4.x, r5.x));
  let c1 = transform(array<f32, 6>(r0.y, r1.y, r2.y, r3.y, r4.y, r5.y));
  let c2 = transform(array<f32, 6>(r0.z, r1.z, r2.z, r3.z, r4.z, r5.z));
  let at = 9u * index;
  dw[at] = T(c0.x);
  dw[at + 1u] = T(c1.x);
  dw[at + 2u] = T(c2.x);
  dw[at + 3u] = T(c0.y);
  dw[at + 4u] = T(c1.y);
  dw[at + 5u] = T(c2.y);
  dw[at + 6u] = T(c0.z);
  dw[at + 7u] = T(c1.z);
  dw[at + 8u] = T(c2.z);
}

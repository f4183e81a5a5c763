// Winograd convolution, filter transform: U[ξ, i, r] = (G g Gᵀ)[ξ] for each 3 × 3 filter g (Lavin & Gray,
// https://arxiv.org/abs/1509.09308).
//
// weight is [O, C, 3, 3]; of O and C one counts r, the other i. For the input gradient (ROTATED) the filter is
// turned by 180°. ξ counts rows and columns of the transformed filter, row-major. One thread per filter; neighbouring
// lanes own neighbouring r, so that U is written coalesced. Intensity: about 2 operations per load or store; (M + 2)²
// + 9 registers.
// Uses: grid, winograd.
alias T = f32;
const ROTATED: bool = false;

struct Params {
  rows: u32, // r
  inner: u32, // i
  row_stride: u32, // of r in weight, in filters
  inner_stride: u32,
}

@group(0) @binding(0) var<storage, read> weight: array<T>;
@group(0) @binding(1) var<storage, read_write> u: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// G g for one column or row g.
fn transform(g: vec3<f32>) -> array<f32, 6> {
  if (M == 2u) {
    let sum = 0.5 * (g.x + g.z);
    return array<f32, 6>(g.x, sum + 0.5 * g.y, sum - 0.5 * g.y, g.z, 0.0, 0.0);
  }
  let a = (-1.0 / 6.0) * (g.x + g.z);
  let b = (-1.0 / 6.0) * g.y;
  let c = (1.0 / 24.0) * g.x + (1.0 / 6.0) * g.z;
  let d = (1.0 / 12.0) * g.y;
  return array<f32, 6>(0.25 * g.x, a + b, a - b, c + d, c - d, g.z);
}

fn store_row(at: u32, plane: u32, i: u32, g: vec3<f32>) {
  let row = transform(g);
  let first = at + i * E * plane;
  u[first] = row[0];
  u[first + plane] = row[1];
  u[first + 2u * plane] = row[2];
  u[first + 3u * plane] = row[3];
  if (M > 2u) {
    u[first + 4u * plane] = row[4];
    u[first + 5u * plane] = row[5];
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  let plane = params.rows * params.inner;
  if (index >= plane) { return; }
  let at = 9u * (index % params.rows * params.row_stride + index / params.rows * params.inner_stride);
  var g0 = vec3<f32>(f32(weight[at]), f32(weight[at + 1u]), f32(weight[at + 2u]));
  var g1 = vec3<f32>(f32(weight[at + 3u]), f32(weight[at + 4u]), f32(weight[at + 5u]));
  var g2 = vec3<f32>(f32(weight[at + 6u]), f32(weight[at + 7u]), f32(weight[at + 8u]));
  if (ROTATED) {
    let last = g2.zyx;
    g2 = g0.zyx;
    g1 = g1.zyx;
    g0 = last;
  }
  let x = transform(vec3<f32>(g0.x, g1.x, g2.x)); // down the first column
  let y = transform(vec3<f32>(g0.y, g1.y, g2.y));
  let z = transform(vec3<f32>(g0.z, g1.z, g2.z));
  store_row(index, plane, 0u, vec3<f32>(x[0], y[0], z[0]));
  store_row(index, plane, 1u, vec3<f32>(x[1], y[1], z[1]));
  store_row(index, plane, 2u, vec3<f32>(x[2], y[2], z[2]));
  store_row(index, plane, 3u, vec3<f32>(x[3], y[3], z[3]));
  if (M > 2u) {
    store_row(index, plane, 4u, vec3<f32>(x[4], y[4], z[4]));
    store_row(index, plane, 5u, vec3<f32>(x[5], y[5], z[5]));
  }
}

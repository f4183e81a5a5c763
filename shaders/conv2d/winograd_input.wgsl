// Winograd convolution, input transform: V[ξ, c, t] = (Bᵀ d B)[ξ] for each (M + 2) × (M + 2) patch d of the input
// (Lavin & Gray, Fast Algorithms for Convolutional Neural Networks, https://arxiv.org/abs/1509.09308).
//
// x is [N, C, H, W]; tile t of an image makes M × M output pixels and reads the patch that starts at its first output
// pixel less the padding; ξ counts the patch's rows and columns, row-major. Rows and columns outside the input are 0.
// One thread per tile and channel; neighbouring lanes own neighbouring tiles, so that V is written coalesced.
// A chunk of images from `first` on is transformed at once, which bounds the memory V takes.
// Intensity: about 4 operations per load or store; (M + 2)² + 2·(M + 2) registers.
// Uses: grid, winograd.
alias T = f32;

struct Params {
  tiles: Tiles,
  in_h: u32,
  in_w: u32,
  pad_top: i32,
  pad_left: i32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> v: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// Bᵀ d for one column or row d.
fn transform(d: array<f32, 6>) -> array<f32, 6> {
  if (M == 2u) {
    return array<f32, 6>(d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3], 0.0, 0.0);
  }
  let a = d[4] - 4.0 * d[2];
  let b = d[3] - 4.0 * d[1];
  let c = d[4] - d[2];
  let e = 2.0 * (d[3] - d[1]);
  return array<f32, 6>(
    4.0 * d[0] - 5.0 * d[2] + d[4], a + b, a - b, c + e, c - e, 4.0 * d[1] - 5.0 * d[3] + d[5],
  );
}

// One row of the patch: zero outside the input.
fn load_row(base: u32, y: i32, left: i32) -> array<f32, 6> {
  let inside = y >= 0 && y < i32(params.in_h);
  let row = base + u32(select(0, y, inside)) * params.in_w;
  var d = array<f32, 6>();
  d[0] = load(row, left, inside);
  d[1] = load(row, left + 1, inside);
  d[2] = load(row, left + 2, inside);
  d[3] = load(row, left + 3, inside);
  if (M > 2u) {
    d[4] = load(row, left + 4, inside);
    d[5] = load(row, left + 5, inside);
  }
  return d;
}

fn load(row: u32, column: i32, row_inside: bool) -> f32 {
  let inside = row_inside && column >= 0 && column < i32(params.in_w);
  return select(0.0, f32(x[row + u32(max(column, 0))]), inside);
}

fn store_column(at: u32, plane: u32, j: u32, d: array<f32, 6>) {
  let u = transform(d);
  v[at + j * plane] = u[0];
  v[at + (j + E) * plane] = u[1];
  v[at + (j + 2u * E) * plane] = u[2];
  v[at + (j + 3u * E) * plane] = u[3];
  if (M > 2u) {
    v[at + (j + 4u * E) * plane] = u[4];
    v[at + (j + 5u * E) * plane] = u[5];
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  let plane = params.tiles.channels * params.tiles.tiles;
  if (index >= plane) { return; }
  let tile = tile_of(index, params.tiles);
  let base = tile.plane * params.in_h * params.in_w;
  let y = select(i32(tile.y) - params.pad_top, i32(params.in_h), tile.beyond);
  let left = i32(tile.x) - params.pad_left;
  let r0 = transform(load_row(base, y, left));
  let r1 = transform(load_row(base, y + 1, left));
  let r2 = transform(load_row(base, y + 2, left));
  let r3 = transform(load_row(base, y + 3, left));
  var r4 = array<f32, 6>();
  var r5 = array<f32, 6>();
  if (M > 2u) {
    r4 = transform(load_row(base, y + 4, left));
    r5 = transform(load_row(base, y + 5, left));
  }
  store_column(index, plane, 0u, array<f32, 6>(r0[0], r1[0], r2[0], r3[0], r4[0], r5[0]));
  store_column(index, plane, 1u, array<f32, 6>(r0[1], r1[1], r2[1], r3[1], r4[1], r5[1]));
  store_column(index, plane, 2u, array<f32, 6>(r0[2], r1[2], r2[2], r3[2], r4[2], r5[2]));
  store_column(index, plane, 3u, array<f32, 6>(r0[3], r1[3], r2[3], r3[3], r4[3], r5[3]));
  if (M > 2u) {
    store_column(index, plane, 4u, array<f32, 6>(r0[4], r1[4], r2[4], r3[4], r4[4], r5[4]));
    store_column(index, plane, 5u, array<f32, 6>(r0[5], r1[5], r2[5], r3[5], r4[5], r5[5]));
  }
}

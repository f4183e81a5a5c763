// Winograd convolution, output transform: the M × M pixels of tile t are Aᵀ P A, P[ξ] = products[ξ, o, t]
// (Lavin & Gray, https://arxiv.org/abs/1509.09308), plus bias and ReLU if wanted.
//
// out is [N, O, H, W]. One thread per tile and channel; neighbouring lanes own neighbouring tiles, so that the products
// are read coalesced. A chunk of images from `first` on is written.
// Intensity: about 2 operations per load or store; (M + 2)² + M² registers.
// Uses: activate, grid, winograd.
alias T = f32;
const BIAS: bool = false;

struct Params {
  tiles: Tiles,
  out_h: u32,
  out_w: u32,
}

@group(0) @binding(0) var<storage, read> products: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<T>;
@group(0) @binding(2) var<storage, read_write> out: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

// Aᵀ p for one column or row p.
fn transform(p: array<f32, 6>) -> vec4<f32> {
  if (M == 2u) {
    return vec4<f32>(p[0] + p[1] + p[2], p[1] - p[2] - p[3], 0.0, 0.0);
  }
  let a = p[1] + p[2];
  let b = p[1] - p[2];
  let c = p[3] + p[4];
  let d = p[3] - p[4];
  return vec4<f32>(p[0] + a + c, b + 2.0 * d, a + 4.0 * c, b + 8.0 * d + p[5]);
}

fn load_row(at: u32, plane: u32) -> array<f32, 6> {
  var p = array<f32, 6>();
  p[0] = products[at];
  p[1] = products[at + plane];
  p[2] = products[at + 2u * plane];
  p[3] = products[at + 3u * plane];
  if (M > 2u) {
    p[4] = products[at + 4u * plane];
    p[5] = products[at + 5u * plane];
  }
  return p;
}

// A row of the tile from pixel `at` on. Written out: software adapters run a loop's body once more than it is asked.
fn store_row(at: u32, y: u32, left: u32, add: f32, row: vec4<f32>) {
  if (y >= params.out_h) { return; }
  let values = activate4(row + add);
  out[at] = T(values.x);
  if (left + 1u < params.out_w) {
    out[at + 1u] = T(values.y);
  }
  if (M > 2u) {
    if (left + 2u < params.out_w) {
      out[at + 2u] = T(values.z);
    }
    if (left + 3u < params.out_w) {
      out[at + 3u] = T(values.w);
    }
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  let channels = params.tiles.channels;
  let used = params.tiles.images * params.tiles.tiles_y * params.tiles.tiles_x;
  let t = index % used;
  let o = index / used;
  if (o >= channels) { return; }
  let plane = channels * params.tiles.tiles;
  let at = select(o * params.tiles.tiles + t, t * channels + o, params.tiles.tile_major == 1u);
  let r0 = transform(load_row(at, plane));
  let r1 = transform(load_row(at + E * plane, plane));
  let r2 = transform(load_row(at + 2u * E * plane, plane));
  let r3 = transform(load_row(at + 3u * E * plane, plane));
  var r4 = vec4<f32>();
  var r5 = vec4<f32>();
  if (M > 2u) {
    r4 = transform(load_row(at + 4u * E * plane, plane));
    r5 = transform(load_row(at + 5u * E * plane, plane));
  }
  let c0 = transform(array<f32, 6>(r0.x, r1.x, r2.x, r3.x, r4.x, r5.x));
  let c1 = transform(array<f32, 6>(r0.y, r1.y, r2.y, r3.y, r4.y, r5.y));
  let c2 = transform(array<f32, 6>(r0.z, r1.z, r2.z, r3.z, r4.z, r5.z));
  let c3 = transform(array<f32, 6>(r0.w, r1.w, r2.w, r3.w, r4.w, r5.w));

  let tile = tile_at(t, o, params.tiles);
  let y = tile.y;
  let left = tile.x;
  let first = (tile.plane * params.out_h + y) * params.out_w + left;
  let add = select(0.0, f32(bias[select(0u, o, BIAS)]), BIAS);
  store_row(first, y, left, add, vec4<f32>(c0.x, c1.x, c2.x, c3.x));
  store_row(first + params.out_w, y + 1u, left, add, vec4<f32>(c0.y, c1.y, c2.y, c3.y));
  if (M > 2u) {
    store_row(first + 2u * params.out_w, y + 2u, left, add, vec4<f32>(c0.z, c1.z, c2.z, c3.z));
    store_row(first + 3u * params.out_w, y + 3u, left, add, vec4<f32>(c0.w, c1.w, c2.w, c3.w));
  }
}

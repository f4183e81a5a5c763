// Weight gradient by Winograd's identity, first step: Q[ξ, o, t] = (A e Aᵀ)[ξ] for each M × M tile e of the output's
// gradient, the transpose of the output transform (winograd_output.wgsl). With V of winograd_input.wgsl, the
// transformed filter's gradient is Σ over t of Q[ξ, o, t] · V[ξ, c, t].
//
// dy is [N, O, H, W]; pixels outside count as 0. One thread per tile and channel; neighbouring lanes own neighbouring
// tiles. A chunk of images from `first` on is transformed at once. Intensity: about 2 operations per load or store; (M
// + 2)² + M² registers.
// Uses: grid, winograd.
alias T = f32;

struct Params {
  tiles: Tiles,
  out_h: u32,
  out_w: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read_write> q: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// A e for one column or row e.
fn transform(e: vec4<f32>) -> array<f32, 6> {
  if (M == 2u) {
    return array<f32, 6>(e.x, e.x + e.y, e.x - e.y, -e.y, 0.0, 0.0);
  }
  let a = e.x + e.z;
  let b = e.y + e.w;
  let c = e.x + 4.0 * e.z;
  let d = 2.0 * e.y + 8.0 * e.w;
  return array<f32, 6>(e.x, a + b, a - b, c + d, c - d, e.w);
}

fn load_row(base: u32, y: u32, left: u32) -> vec4<f32> {
  var e = vec4<f32>();
  e.x = load(base, y, left);
  e.y = load(base, y, left + 1u);
  if (M > 2u) {
    e.z = load(base, y, left + 2u);
    e.w = load(base, y, left + 3u);
  }
  return e;
}

fn load(base: u32, y: u32, left: u32) -> f32 {
  return select(0.0, f32(dy[base + y * params.out_w + left]), y < params.out_h && left < params.out_w);
}

fn store_column(at: u32, plane: u32, j: u32, e: vec4<f32>) {
  let column = transform(e);
  q[at + j * plane] = column[0];
  q[at + (j + E) * plane] = column[1];
  q[at + (j + 2u * E) * plane] = column[2];
  q[at + (j + 3u * E) * plane] = column[3];
  if (M > 2u) {
    q[at + (j + 4u * E) * plane] = column[4];
    q[at + (j + 5u * E) * plane] = column[5];
  }
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  let plane = params.tiles.channels * params.tiles.tiles;
  if (index >= plane) { return; }
  let tile = tile_of(index, params.tiles);
  let base = tile.plane * params.out_h * params.out_w;
  let y = select(tile.y, params.out_h, tile.beyond);
  let left = tile.x;
  let r0 = transform(load_row(base, y, left));
  let r1 = transform(load_row(base, y + 1u, left));
  var r2 = array<f32, 6>();
  var r3 = array<f32, 6>();
  if (M > 2u) {
    r2 = transform(load_row(base, y + 2u, left));
    r3 = transform(load_row(base, y + 3u, left));
  }
  store_column(index, plane, 0u, vec4<f32>(r0[0], r1[0], r2[0], r3[0]));
  store_column(index, plane, 1u, vec4<f32>(r0[1], r1[1], r2[1], r3[1]));
  store_column(index, plane, 2u, vec4<f32>(r0[2], r1[2], r2[2], r3[2]));
  store_column(index, plane, 3u, vec4<f32>(r0[3], r1[3], r2[3], r3[3]));
  if (M > 2u) {
    store_column(index, plane, 4u, vec4<f32>(r0[4], r1[4], r2[4], r3[4]));
    store_column(index, plane, 5u, vec4<f32>(r0[5], r1[5], r2[5], r3[5]));
  }
}

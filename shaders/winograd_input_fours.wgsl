// Winograd's input transform V = Bᵀ d B of F(2 × 2, 3 × 3) (see winograd_input.wgsl) for software adapters, where a load or
// store costs much and four neighbours cost less than two: a thread owns four channels, and reads rows in vec4s.
//
// x is [N, C, H, W] in vec4s along W, v [16 planes, tiles, C] in vec4s along C; the padding is 1 and W and C come in whole
// fours. A thread takes the two neighbouring patches that begin at one vec4.
// Intensity: about 2 operations a number loaded or stored; no workgroup memory, no barrier. Written out: indices that
// aren't constant are costly there, too.
alias T = f32;
const WORKGROUP: u32 = 64u;

struct Params {
  channels: u32, // in vec4s
  height: u32,
  width: u32, // in vec4s
  tiles_y: u32,
  tiles: u32, // in the chunk
  threads: u32,
  first: u32, // image
}

@group(0) @binding(0) var<storage, read> x: array<vec4<T>>;
@group(0) @binding(1) var<storage, read_write> v: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> params: Params;

// Four columns or rows of four channels.
alias Patch = array<vec4<f32>, 4>;

// Bᵀ d for one column or row d.
fn transform(d: Patch) -> Patch {
  return Patch(d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]);
}

// Columns 4q - 1 to 4q + 4 of a row of four maps: those of two patches overlap by two.
fn load_row(base: u32, map: u32, y: i32, q: u32) -> array<vec4<f32>, 6> {
  if (y < 0 || y >= i32(params.height)) {
    return array<vec4<f32>, 6>();
  }
  let at = base + u32(y) * params.width + q;
  let m = transpose(mat4x4<f32>(
    vec4<f32>(x[at]), vec4<f32>(x[at + map]), vec4<f32>(x[at + 2u * map]), vec4<f32>(x[at + 3u * map]),
  ));
  var before = vec4<f32>();
  var after = vec4<f32>();
  if (q > 0u) {
    let b = at - 1u;
    before = vec4<f32>(f32(x[b].w), f32(x[b + map].w), f32(x[b + 2u * map].w), f32(x[b + 3u * map].w));
  }
  if (q + 1u < params.width) {
    let b = at + 1u;
    after = vec4<f32>(f32(x[b].x), f32(x[b + map].x), f32(x[b + 2u * map].x), f32(x[b + 3u * map].x));
  }
  return array<vec4<f32>, 6>(before, m[0], m[1], m[2], m[3], after);
}

fn store_column(at: u32, plane: u32, d: Patch) {
  let u = transform(d);
  v[at] = u[0];
  v[at + 4u * plane] = u[1];
  v[at + 8u * plane] = u[2];
  v[at + 12u * plane] = u[3];
}

fn store(at: u32, plane: u32, r0: Patch, r1: Patch, r2: Patch, r3: Patch) {
  store_column(at, plane, Patch(r0[0], r1[0], r2[0], r3[0]));
  store_column(at + plane, plane, Patch(r0[1], r1[1], r2[1], r3[1]));
  store_column(at + 2u * plane, plane, Patch(r0[2], r1[2], r2[2], r3[2]));
  store_column(at + 3u * plane, plane, Patch(r0[3], r1[3], r2[3], r3[3]));
}

fn left(d: array<vec4<f32>, 6>) -> Patch {
  return transform(Patch(d[0], d[1], d[2], d[3]));
}

fn right(d: array<vec4<f32>, 6>) -> Patch {
  return transform(Patch(d[2], d[3], d[4], d[5]));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = gid.x + gid.y * groups.x * WORKGROUP;
  if (index >= params.threads) {
    return;
  }
  // Neighbours share their place and lie along the channels, as v does.
  let c = index % params.channels;
  let place = index / params.channels;
  let q = place % params.width;
  let ty = place / params.width % params.tiles_y;
  let image = place / params.width / params.tiles_y;
  let map = params.height * params.width;
  let base = ((params.first + image) * params.channels + c) * 4u * map;
  let y = i32(2u * ty) - 1;
  let d0 = load_row(base, map, y, q);
  let d1 = load_row(base, map, y + 1, q);
  let d2 = load_row(base, map, y + 2, q);
  let d3 = load_row(base, map, y + 3, q);
  let plane = params.channels * params.tiles;
  let at = 2u * place * params.channels + c;
  store(at, plane, left(d0), left(d1), left(d2), left(d3));
  store(at + params.channels, plane, right(d0), right(d1), right(d2), right(d3));
}

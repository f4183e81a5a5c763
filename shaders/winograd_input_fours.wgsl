// Winograd's input transform V = Bᵀ d B (winograd_input.wgsl) for software adapters, where a load or store costs much and
// four neighbours cost less than two: a thread owns four channels, and reads rows in vec4s.
//
// x is [N, C, H, W] in vec4s along W, v [planes, tiles, C] in vec4s along C; the padding is 1 and W and C come in whole
// fours. A thread takes the patches that begin at one vec4: one for M = 4, two neighbours for M = 2.
// Intensity: about 2 operations a number loaded or stored; no workgroup memory, no barrier. M is 2 or 4.
alias T = f32;
const WORKGROUP: u32 = 64u;
const M: u32 = 4u;
const E: u32 = M + 2u;

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

alias Row = array<vec4<f32>, 6>; // six columns of four channels

// Bᵀ d for one column or row d.
fn transform(d: Row) -> Row {
  if (M == 2u) {
    return Row(d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3], vec4<f32>(), vec4<f32>());
  }
  let a = d[4] - 4.0 * d[2];
  let b = d[3] - 4.0 * d[1];
  let c = d[4] - d[2];
  let e = 2.0 * (d[3] - d[1]);
  return Row(4.0 * d[0] - 5.0 * d[2] + d[4], a + b, a - b, c + e, c - e, 4.0 * d[1] - 5.0 * d[3] + d[5]);
}

// Columns 4q - 1 to 4q + 4 of a row of four maps.
fn load_row(base: u32, map: u32, y: i32, q: u32) -> Row {
  if (y < 0 || y >= i32(params.height)) {
    return Row();
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
  return Row(before, m[0], m[1], m[2], m[3], after);
}

fn store_column(at: u32, plane: u32, j: u32, d: Row) {
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

// Columns from `from` on.
fn part(d: Row, second: bool) -> Row {
  if (second) {
    return Row(d[2], d[3], d[4], d[5], vec4<f32>(), vec4<f32>());
  }
  return d;
}

fn store(at: u32, plane: u32, r0: Row, r1: Row, r2: Row, r3: Row, r4: Row, r5: Row) {
  store_column(at, plane, 0u, Row(r0[0], r1[0], r2[0], r3[0], r4[0], r5[0]));
  store_column(at, plane, 1u, Row(r0[1], r1[1], r2[1], r3[1], r4[1], r5[1]));
  store_column(at, plane, 2u, Row(r0[2], r1[2], r2[2], r3[2], r4[2], r5[2]));
  store_column(at, plane, 3u, Row(r0[3], r1[3], r2[3], r3[3], r4[3], r5[3]));
  if (M > 2u) {
    store_column(at, plane, 4u, Row(r0[4], r1[4], r2[4], r3[4], r4[4], r5[4]));
    store_column(at, plane, 5u, Row(r0[5], r1[5], r2[5], r3[5], r4[5], r5[5]));
  }
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
  let y = i32(ty * M) - 1;
  let plane = params.channels * params.tiles;
  let d0 = load_row(base, map, y, q);
  let d1 = load_row(base, map, y + 1, q);
  let d2 = load_row(base, map, y + 2, q);
  let d3 = load_row(base, map, y + 3, q);
  if (M > 2u) {
    let d4 = load_row(base, map, y + 4, q);
    let d5 = load_row(base, map, y + 5, q);
    let at = place * params.channels + c;
    store(at, plane, transform(d0), transform(d1), transform(d2), transform(d3), transform(d4), transform(d5));
  } else {
    let at = 2u * place * params.channels + c;
    let none = Row();
    store(at, plane, transform(d0), transform(d1), transform(d2), transform(d3), none, none);
    store(
      at + params.channels, plane, transform(part(d0, true)), transform(part(d1, true)), transform(part(d2, true)),
      transform(part(d3, true)), none, none,
    );
  }
}

// Winograd's products and the way back from them in one, for F(2 × 2, 3 × 3) on software adapters whose subgroups are
// four lanes: Y = Aᵀ M A, where the products' sums M never reach memory.
//
// u is [16 planes, O, C] and v [16 planes, tiles, C], both in vec4s along C; out is [N, O, H, W] in vec4s along W, which
// comes in whole eights. A quad owns 16 of O for 16 tiles and takes them plane by plane as matmul_quad.wgsl takes a
// product; each sum of a plane then counts for four output pixels with 1, 0 or −1.
// Needs: subgroups (lanes of a quad have neighbouring numbers).
// Intensity: 512 operations for 8 loads of a vec4; 64 sums of a plane and 256 of pixels, 32 values of u and v.
enable subgroups;
alias T = f32;
const LANES: u32 = 16u;
const BIAS: bool = false;
const RELU: bool = false;

struct Params {
  out_channels: u32,
  channels: u32, // in vec4s
  groups: u32, // of four tiles
  tiles_m: u32, // of 16 out_channels
  tiles_n: u32, // of LANES groups
  groups_x: u32, // in a row of an image
  groups_image: u32,
  first: u32, // image
}

@group(0) @binding(0) var<storage, read> u: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<T>>;
@group(0) @binding(4) var<uniform> params: Params;

alias Tile = array<vec4<f32>, 16>;

fn add(y: ptr<function, Tile>, k: f32, c: Tile) {
  (*y)[0] += k * c[0];
  (*y)[1] += k * c[1];
  (*y)[2] += k * c[2];
  (*y)[3] += k * c[3];
  (*y)[4] += k * c[4];
  (*y)[5] += k * c[5];
  (*y)[6] += k * c[6];
  (*y)[7] += k * c[7];
  (*y)[8] += k * c[8];
  (*y)[9] += k * c[9];
  (*y)[10] += k * c[10];
  (*y)[11] += k * c[11];
  (*y)[12] += k * c[12];
  (*y)[13] += k * c[13];
  (*y)[14] += k * c[14];
  (*y)[15] += k * c[15];
}

// Row i of A.
fn way_back(i: u32) -> vec2<f32> {
  return vec2<f32>(select(0.0, 1.0, i < 3u), select(select(-1.0, 1.0, i == 1u), 0.0, i == 0u));
}

fn finish(values: vec4<f32>, offset: f32) -> vec4<T> {
  var result = values + offset;
  if (RELU) {
    result = select(result, vec4<f32>(), result < vec4<f32>()); // keeps NaN
  }
  return vec4<T>(result);
}

fn load(array_v: bool, at: u32, rows: vec4<u32>) -> mat4x4<f32> {
  if (array_v) {
    return transpose(mat4x4<f32>(v[at + rows.x], v[at + rows.y], v[at + rows.z], v[at + rows.w]));
  }
  return mat4x4<f32>(u[at + rows.x], u[at + rows.y], u[at + rows.z], u[at + rows.w]);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(subgroup_invocation_id) subgroup_lane: u32,
) {
  let index = group.x + group.y * groups.x;
  if (index >= params.tiles_m * params.tiles_n) {
    return;
  }
  let lane = subgroup_lane % 4u;
  let row0 = index / params.tiles_n * 16u;
  // Groups beyond the end repeat the last one.
  let four = min(index % params.tiles_n * LANES + local.x, params.groups - 1u);
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  let a_from = min(row0 + 4u * lane + steps, vec4<u32>(params.out_channels - 1u)) * params.channels;
  let b_from = (4u * four + steps) * params.channels;

  var y00 = Tile();
  var y01 = Tile();
  var y10 = Tile();
  var y11 = Tile();
  for (var plane = 0u; plane < 16u; plane++) {
    let a_first = plane * params.out_channels * params.channels;
    let b_first = plane * 4u * params.groups * params.channels;
    var c00 = vec4<f32>();
    var c01 = vec4<f32>();
    var c02 = vec4<f32>();
    var c03 = vec4<f32>();
    var c10 = vec4<f32>();
    var c11 = vec4<f32>();
    var c12 = vec4<f32>();
    var c13 = vec4<f32>();
    var c20 = vec4<f32>();
    var c21 = vec4<f32>();
    var c22 = vec4<f32>();
    var c23 = vec4<f32>();
    var c30 = vec4<f32>();
    var c31 = vec4<f32>();
    var c32 = vec4<f32>();
    var c33 = vec4<f32>();
    for (var k = 0u; k < params.channels; k++) {
      let b4 = load(true, b_first + k, b_from);
      let a4 = load(false, a_first + k, a_from);
      var r0 = a4[0];
      var r1 = a4[1];
      var r2 = a4[2];
      var r3 = a4[3];
      c00 += b4 * r0;
      c01 += b4 * r1;
      c02 += b4 * r2;
      c03 += b4 * r3;
      r0 = quadSwapX(a4[0]);
      r1 = quadSwapX(a4[1]);
      r2 = quadSwapX(a4[2]);
      r3 = quadSwapX(a4[3]);
      c10 += b4 * r0;
      c11 += b4 * r1;
      c12 += b4 * r2;
      c13 += b4 * r3;
      r0 = quadSwapY(a4[0]);
      r1 = quadSwapY(a4[1]);
      r2 = quadSwapY(a4[2]);
      r3 = quadSwapY(a4[3]);
      c20 += b4 * r0;
      c21 += b4 * r1;
      c22 += b4 * r2;
      c23 += b4 * r3;
      r0 = quadSwapDiagonal(a4[0]);
      r1 = quadSwapDiagonal(a4[1]);
      r2 = quadSwapDiagonal(a4[2]);
      r3 = quadSwapDiagonal(a4[3]);
      c30 += b4 * r0;
      c31 += b4 * r1;
      c32 += b4 * r2;
      c33 += b4 * r3;
    }
    let sums = Tile(c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33);
    let down = way_back(plane / 4u);
    let along = way_back(plane % 4u);
    add(&y00, down.x * along.x, sums);
    add(&y01, down.x * along.y, sums);
    add(&y10, down.y * along.x, sums);
    add(&y11, down.y * along.y, sums);
  }

  let n = params.first + four / params.groups_image;
  let inside = four % params.groups_image;
  let width = 2u * params.groups_x;
  let at = inside / params.groups_x * 2u * width + inside % params.groups_x * 2u;
  let area = 2u * params.groups_image * 2u; // of a map, in vec4s
  // One place that stores keeps the compiled kernel small.
  for (var i = 0u; i < 16u; i++) {
    let o = row0 + 4u * (lane ^ (i / 4u)) + i % 4u;
    if (o < params.out_channels) {
      let to = (n * params.out_channels + o) * area + at;
      var offset = 0.0;
      if (BIAS) {
        offset = f32(bias[o]);
      }
      let p = y00[i];
      let q = y01[i];
      let r = y10[i];
      let s = y11[i];
      out[to] = finish(vec4<f32>(p.x, q.x, p.y, q.y), offset);
      out[to + 1u] = finish(vec4<f32>(p.z, q.z, p.w, q.w), offset);
      out[to + width] = finish(vec4<f32>(r.x, s.x, r.y, s.y), offset);
      out[to + width + 1u] = finish(vec4<f32>(r.z, s.z, r.w, s.w), offset);
    }
  }
}

// Gradient of conv_2x2_forward.wgsl with respect to its input: the same 4 × 4 matrices, transposed, summed over O.
//
// dy is [N, O] and dx [N, C] in maps (vec4s), weight [O, C, 9] with C in whole fours. A lane owns four of C for four
// images: it reads one of them, and the lanes of a quad exchange theirs (quadSwapX, Y, Diagonal).
// Needs: subgroups (lanes of a quad have neighbouring numbers).
// Intensity: 512 operations for 10 loads of a vec4; 64 sums, 40 values of dy and weight; no workgroup memory, no barrier.
enable subgroups;
alias T = f32;
const LANES: u32 = 16u;

struct Params {
  batch: u32,
  groups_c: u32, // C / 4
  out_channels: u32,
  tiles: u32, // of LANES groups_c
}

@group(0) @binding(0) var<storage, read> dy: array<vec4<T>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<T>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<T>>;
@group(0) @binding(3) var<uniform> params: Params;

// What each input pixel gave to the four output pixels; taps row by row.
fn matrix(first: vec3<f32>, second: vec3<f32>, third: vec3<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    vec4<f32>(second.y, second.x, first.y, first.x),
    vec4<f32>(second.z, second.y, first.z, first.y),
    vec4<f32>(third.y, third.x, second.y, second.x),
    vec4<f32>(third.z, third.y, second.z, second.y),
  );
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(subgroup_invocation_id) subgroup_lane: u32,
) {
  let index = group.x + group.y * groups.x;
  let n0 = index / params.tiles * 4u;
  if (n0 >= params.batch) {
    return;
  }
  let lane = subgroup_lane % 4u;
  let own = index % params.tiles * LANES + local.x;
  let group_c = min(own, params.groups_c - 1u);
  let map = min(n0 + lane, params.batch - 1u) * params.out_channels;

  var a0 = vec4<f32>();
  var a1 = vec4<f32>();
  var a2 = vec4<f32>();
  var a3 = vec4<f32>();
  var b0 = vec4<f32>();
  var b1 = vec4<f32>();
  var b2 = vec4<f32>();
  var b3 = vec4<f32>();
  var c0 = vec4<f32>();
  var c1 = vec4<f32>();
  var c2 = vec4<f32>();
  var c3 = vec4<f32>();
  var d0 = vec4<f32>();
  var d1 = vec4<f32>();
  var d2 = vec4<f32>();
  var d3 = vec4<f32>();
  for (var o = 0u; o < params.out_channels; o++) {
    let w = (o * params.groups_c + group_c) * 9u;
    let w0 = vec4<f32>(weight[w]);
    let w1 = vec4<f32>(weight[w + 1u]);
    let w2 = vec4<f32>(weight[w + 2u]);
    let w3 = vec4<f32>(weight[w + 3u]);
    let w4 = vec4<f32>(weight[w + 4u]);
    let w5 = vec4<f32>(weight[w + 5u]);
    let w6 = vec4<f32>(weight[w + 6u]);
    let w7 = vec4<f32>(weight[w + 7u]);
    let w8 = vec4<f32>(weight[w + 8u]);
    let m0 = matrix(w0.xyz, vec3<f32>(w0.w, w1.xy), vec3<f32>(w1.zw, w2.x));
    let m1 = matrix(w2.yzw, w3.xyz, vec3<f32>(w3.w, w4.xy));
    let m2 = matrix(vec3<f32>(w4.zw, w5.x), w5.yzw, w6.xyz);
    let m3 = matrix(vec3<f32>(w6.w, w7.xy), vec3<f32>(w7.zw, w8.x), w8.yzw);
    let own_map = vec4<f32>(dy[map + o]);
    a0 += own_map * m0;
    a1 += own_map * m1;
    a2 += own_map * m2;
    a3 += own_map * m3;
    let beside = quadSwapX(own_map);
    b0 += beside * m0;
    b1 += beside * m1;
    b2 += beside * m2;
    b3 += beside * m3;
    let below = quadSwapY(own_map);
    c0 += below * m0;
    c1 += below * m1;
    c2 += below * m2;
    c3 += below * m3;
    let across = quadSwapDiagonal(own_map);
    d0 += across * m0;
    d1 += across * m1;
    d2 += across * m2;
    d3 += across * m3;
  }
  if (own >= params.groups_c) {
    return;
  }
  var maps = array<vec4<f32>, 16>(
    a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3,
  );
  for (var i = 0u; i < 16u; i++) {
    let n = n0 + (lane ^ (i / 4u));
    if (n < params.batch) {
      dx[(n * params.groups_c + own) * 4u + i % 4u] = vec4<T>(maps[i]);
    }
  }
}

// 3 × 3 convolution with padding 1 of maps of 2 × 2 pixels, for software adapters whose subgroups are four lanes.
//
// Of such a map's 36 pairs of output pixel and tap 20 lie outside: the 16 others are a 4 × 4 matrix of the filter's
// nine values, times the map as one vec4. A filter is read once, and nothing is gathered or transformed before.
//
// x is [N, C] and out [N, O] in maps (vec4s), weight [O, C, 9] with C in whole fours. A lane owns one of O for eight
// images: it reads two of them, and the lanes of a quad exchange theirs (quadSwapX, Y, Diagonal).
// Uses: activate, grid, small_maps.
// Needs: subgroups (lanes of a quad have neighbouring numbers).
// Intensity: 1024 operations for 17 loads of a vec4; 32 sums, 68 values of x and weight; no workgroup memory, no barrier.
enable subgroups;
alias T = f32;
const BIAS: bool = false;

struct Params {
  maps: SmallMaps,
}

@group(0) @binding(0) var<storage, read> x: array<vec4<T>>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<T>>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<T>>;
@group(0) @binding(4) var<uniform> params: Params;

// What each input pixel gives to the four output pixels; the filter's rows.
fn matrix(first: vec3<f32>, second: vec3<f32>, third: vec3<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    vec4<f32>(second.y, second.x, first.y, first.x),
    vec4<f32>(second.z, second.y, first.z, first.y),
    vec4<f32>(third.y, third.x, second.y, second.x),
    vec4<f32>(third.z, third.y, second.z, second.y),
  );
}

fn store(n: u32, o: u32, sum: vec4<f32>) {
  if (n >= params.maps.batch || o >= params.maps.out_channels) { return; }
  var value = sum;
  if (BIAS) { value += f32(bias[o]); }
  out[n * params.maps.out_channels + o] = vec4<T>(activate4(value));
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>,
        @builtin(subgroup_invocation_id) subgroup_lane: u32) {
  let n0 = 8u * own_row(params.maps, group);
  if (n0 >= params.maps.batch) { return; }
  let lane = subgroup_lane % 4u;
  let o = own_channel(params.maps, group, local.x);
  // Those beyond the end read the last one.
  let last = params.maps.batch - 1u;
  let a = min(n0 + 2u * lane, last) * 4u * params.maps.fours;
  let b = min(n0 + 2u * lane + 1u, last) * 4u * params.maps.fours;
  let row = min(o, params.maps.out_channels - 1u) * params.maps.fours * 9u;

  var a0 = vec4<f32>(); var a1 = vec4<f32>(); var a2 = vec4<f32>(); var a3 = vec4<f32>();
  var b0 = vec4<f32>(); var b1 = vec4<f32>(); var b2 = vec4<f32>(); var b3 = vec4<f32>();
  for (var four = 0u; four < params.maps.fours; four++) {
    let w = row + 9u * four;
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
    let c = 4u * four;
    let p0 = vec4<f32>(x[a + c]);
    let p1 = vec4<f32>(x[a + c + 1u]);
    let p2 = vec4<f32>(x[a + c + 2u]);
    let p3 = vec4<f32>(x[a + c + 3u]);
    let q0 = vec4<f32>(x[b + c]);
    let q1 = vec4<f32>(x[b + c + 1u]);
    let q2 = vec4<f32>(x[b + c + 2u]);
    let q3 = vec4<f32>(x[b + c + 3u]);
    a0 += m0 * p0 + m1 * p1 + m2 * p2 + m3 * p3;
    b0 += m0 * q0 + m1 * q1 + m2 * q2 + m3 * q3;
    a1 += m0 * quadSwapX(p0) + m1 * quadSwapX(p1) + m2 * quadSwapX(p2) + m3 * quadSwapX(p3);
    b1 += m0 * quadSwapX(q0) + m1 * quadSwapX(q1) + m2 * quadSwapX(q2) + m3 * quadSwapX(q3);
    a2 += m0 * quadSwapY(p0) + m1 * quadSwapY(p1) + m2 * quadSwapY(p2) + m3 * quadSwapY(p3);
    b2 += m0 * quadSwapY(q0) + m1 * quadSwapY(q1) + m2 * quadSwapY(q2) + m3 * quadSwapY(q3);
    a3 += m0 * quadSwapDiagonal(p0) + m1 * quadSwapDiagonal(p1) + m2 * quadSwapDiagonal(p2) + m3 * quadSwapDiagonal(p3);
    b3 += m0 * quadSwapDiagonal(q0) + m1 * quadSwapDiagonal(q1) + m2 * quadSwapDiagonal(q2) + m3 * quadSwapDiagonal(q3);
  }
  var maps = array<vec4<f32>, 8>(a0, b0, a1, b1, a2, b2, a3, b3);
  for (var i = 0u; i < 8u; i++) {
    store(n0 + 2u * (lane ^ (i / 2u)) + i % 2u, o, maps[i]);
  }
}

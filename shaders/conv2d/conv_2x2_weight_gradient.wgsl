// Gradient of conv_2x2_forward.wgsl with respect to its weight: a tap sums the products of the pixels that it joins.
//
// dy is [N, O] and x [N, C] in maps (vec4s), dw [O, C, 9] with C in whole fours. A lane owns four of C for four of O: it
// reads one of the latter, and the lanes of a quad exchange theirs (quadSwapX, Y, Diagonal).
// Uses: grid, small_maps.
// Needs: subgroups (lanes of a quad have neighbouring numbers).
// Intensity: 512 operations for 5 loads of a vec4; 144 sums, 20 values of dy and x; no workgroup memory, no barrier.
enable subgroups;
alias T = f32;

struct Params {
  maps: SmallMaps,
}

@group(0) @binding(0) var<storage, read> x: array<vec4<T>>;
@group(0) @binding(1) var<storage, read> dy: array<vec4<T>>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4<T>>;
@group(0) @binding(3) var<uniform> params: Params;

// One filter's gradient.
struct Taps {
  corners: vec4<f32>, // 0, 2, 6, 8, row by row
  edges: vec4<f32>, // 1, 3, 5, 7
  centre: f32, // 4
}

// One output channel's, for four input channels.
struct Row {
  t0: Taps,
  t1: Taps,
  t2: Taps,
  t3: Taps,
}

fn add(taps: Taps, d: vec4<f32>, p: vec4<f32>) -> Taps {
  return Taps(
    taps.corners + d.wzyx * p,
    taps.edges + (d.zyxx * p.xxyz + d.wwzy * p.yzww),
    taps.centre + dot(d, p),
  );
}

fn add_row(row: Row, d: vec4<f32>, p0: vec4<f32>, p1: vec4<f32>, p2: vec4<f32>, p3: vec4<f32>) -> Row {
  return Row(add(row.t0, d, p0), add(row.t1, d, p1), add(row.t2, d, p2), add(row.t3, d, p3));
}

fn store(o: u32, four: u32, row: Row) {
  if (o >= params.maps.out_channels || four >= params.maps.fours) { return; }
  let at = (o * params.maps.fours + four) * 9u;
  let a = row.t0;
  let b = row.t1;
  let c = row.t2;
  let d = row.t3;
  dw[at] = vec4<T>(vec4<f32>(a.corners.x, a.edges.x, a.corners.y, a.edges.y));
  dw[at + 1u] = vec4<T>(vec4<f32>(a.centre, a.edges.z, a.corners.z, a.edges.w));
  dw[at + 2u] = vec4<T>(vec4<f32>(a.corners.w, b.corners.x, b.edges.x, b.corners.y));
  dw[at + 3u] = vec4<T>(vec4<f32>(b.edges.y, b.centre, b.edges.z, b.corners.z));
  dw[at + 4u] = vec4<T>(vec4<f32>(b.edges.w, b.corners.w, c.corners.x, c.edges.x));
  dw[at + 5u] = vec4<T>(vec4<f32>(c.corners.y, c.edges.y, c.centre, c.edges.z));
  dw[at + 6u] = vec4<T>(vec4<f32>(c.corners.z, c.edges.w, c.corners.w, d.corners.x));
  dw[at + 7u] = vec4<T>(vec4<f32>(d.edges.x, d.corners.y, d.edges.y, d.centre));
  dw[at + 8u] = vec4<T>(vec4<f32>(d.edges.z, d.corners.z, d.edges.w, d.corners.w));
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>,
        @builtin(subgroup_invocation_id) subgroup_lane: u32) {
  let o0 = 4u * own_row(params.maps, group);
  if (o0 >= params.maps.out_channels) { return; }
  let lane = subgroup_lane % 4u;
  let own = own_channel(params.maps, group, local.x);
  // Those beyond the end read the last one.
  let four = min(own, params.maps.fours - 1u);
  let o = min(o0 + lane, params.maps.out_channels - 1u);

  var a = Row();
  var b = Row();
  var c = Row();
  var d = Row();
  for (var n = 0u; n < params.maps.batch; n++) {
    let at = (n * params.maps.fours + four) * 4u;
    let p0 = vec4<f32>(x[at]);
    let p1 = vec4<f32>(x[at + 1u]);
    let p2 = vec4<f32>(x[at + 2u]);
    let p3 = vec4<f32>(x[at + 3u]);
    let own_map = vec4<f32>(dy[n * params.maps.out_channels + o]);
    a = add_row(a, own_map, p0, p1, p2, p3);
    b = add_row(b, quadSwapX(own_map), p0, p1, p2, p3);
    c = add_row(c, quadSwapY(own_map), p0, p1, p2, p3);
    d = add_row(d, quadSwapDiagonal(own_map), p0, p1, p2, p3);
  }
  store(o0 + lane, own, a);
  store(o0 + (lane ^ 1u), own, b);
  store(o0 + (lane ^ 2u), own, c);
  store(o0 + (lane ^ 3u), own, d);
}

// C = op(A) · op(B) like matmul.wgsl, for adapters with subgroups: one lane of a subgroup reads an element of A,
// subgroupBroadcast hands it to the others.
//
// A workgroup is one row of LANES threads and owns TM rows; a thread owns TN columns, LANES apart, so that
// neighbouring lanes read neighbouring addresses of B. Lane l also reads row l mod S of A (and S further, …), S
// being at most the subgroup's size. Sums are named variables, not an array: some software adapters keep arrays in
// memory.
// Uses: grid, register_tile, strided_product.
// Needs: subgroups.
// Intensity: 2·TM·TN operations for TN + TM/S loads per thread; TM·TN + TN + TM/S registers; no workgroup memory, no
// barrier.
enable subgroups;
const S: u32 = 4u; // a power of two, 4 to 16

@compute @workgroup_size(LANES) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>,
        @builtin(subgroup_invocation_id) lane: u32) {
  let own = own_tile(params.product, params.k, group);
  if (own.batch >= params.product.batches) { return; }
  let row0 = own.row * TM;
  let col0 = own.column * (LANES * TN) + local.x;
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  let rows = a_rows(row0 + lane % S + S * steps);
  let left = col0 + LANES * steps;
  let right = col0 + LANES * (steps + 4u);
  let cols0 = b_columns(left);
  let cols1 = b_columns(right);

  var c0 = vec4<f32>(); var c1 = vec4<f32>(); var c2 = vec4<f32>(); var c3 = vec4<f32>();
  var c4 = vec4<f32>(); var c5 = vec4<f32>(); var c6 = vec4<f32>(); var c7 = vec4<f32>();
  var c8 = vec4<f32>(); var c9 = vec4<f32>(); var c10 = vec4<f32>(); var c11 = vec4<f32>();
  var c12 = vec4<f32>(); var c13 = vec4<f32>(); var c14 = vec4<f32>(); var c15 = vec4<f32>();
  var d0 = vec4<f32>(); var d1 = vec4<f32>(); var d2 = vec4<f32>(); var d3 = vec4<f32>();
  var d4 = vec4<f32>(); var d5 = vec4<f32>(); var d6 = vec4<f32>(); var d7 = vec4<f32>();
  var d8 = vec4<f32>(); var d9 = vec4<f32>(); var d10 = vec4<f32>(); var d11 = vec4<f32>();
  var d12 = vec4<f32>(); var d13 = vec4<f32>(); var d14 = vec4<f32>(); var d15 = vec4<f32>();
  var at = first_step(own);
  for (var k = own.k_start; k < own.k_end; k++) {
    let b0 = load_b(at.b + cols0);
    var b1 = vec4<f32>();
    if (TN > 4u) { b1 = load_b(at.b + cols1); }
    var r = vec4<f32>(f32(a[at.a + rows.x]));
    if (TM > S) {
      r.y = f32(a[at.a + rows.y]);
    }
    if (TM > 2u * S) {
      r.z = f32(a[at.a + rows.z]);
      r.w = f32(a[at.a + rows.w]);
    }
    at = next_step(at);
    let a0 = subgroupBroadcast(r[0u / S], 0u % S);
    let a1 = subgroupBroadcast(r[1u / S], 1u % S);
    let a2 = subgroupBroadcast(r[2u / S], 2u % S);
    let a3 = subgroupBroadcast(r[3u / S], 3u % S);
    c0 += a0 * b0;
    c1 += a1 * b0;
    c2 += a2 * b0;
    c3 += a3 * b0;
    if (TN > 4u) {
      d0 += a0 * b1;
      d1 += a1 * b1;
      d2 += a2 * b1;
      d3 += a3 * b1;
    }
    if (TM > 4u) {
      let a4 = subgroupBroadcast(r[4u / S], 4u % S);
      let a5 = subgroupBroadcast(r[5u / S], 5u % S);
      let a6 = subgroupBroadcast(r[6u / S], 6u % S);
      let a7 = subgroupBroadcast(r[7u / S], 7u % S);
      c4 += a4 * b0;
      c5 += a5 * b0;
      c6 += a6 * b0;
      c7 += a7 * b0;
      if (TN > 4u) {
        d4 += a4 * b1;
        d5 += a5 * b1;
        d6 += a6 * b1;
        d7 += a7 * b1;
      }
    }
    if (TM > 8u) {
      let a8 = subgroupBroadcast(r[8u / S], 8u % S);
      let a9 = subgroupBroadcast(r[9u / S], 9u % S);
      let a10 = subgroupBroadcast(r[10u / S], 10u % S);
      let a11 = subgroupBroadcast(r[11u / S], 11u % S);
      let a12 = subgroupBroadcast(r[12u / S], 12u % S);
      let a13 = subgroupBroadcast(r[13u / S], 13u % S);
      let a14 = subgroupBroadcast(r[14u / S], 14u % S);
      let a15 = subgroupBroadcast(r[15u / S], 15u % S);
      c8 += a8 * b0;
      c9 += a9 * b0;
      c10 += a10 * b0;
      c11 += a11 * b0;
      c12 += a12 * b0;
      c13 += a13 * b0;
      c14 += a14 * b0;
      c15 += a15 * b0;
      if (TN > 4u) {
        d8 += a8 * b1;
        d9 += a9 * b1;
        d10 += a10 * b1;
        d11 += a11 * b1;
        d12 += a12 * b1;
        d13 += a13 * b1;
        d14 += a14 * b1;
        d15 += a15 * b1;
      }
    }
  }

  let at_left = c_start(params.product, own) + c_columns(left);
  let at_right = c_start(params.product, own) + c_columns(right);
  // One place that stores keeps the compiled kernel small.
  var tile = array<vec4<f32>, 32>(
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15,
    d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15,
  );
  for (var i = 0u; i < TM; i++) {
    store4(row0 + i, left, at_left, own.batch, tile[i]);
    if (TN > 4u) {
      store4(row0 + i, right, at_right, own.batch, tile[i + 16u]);
    }
  }
}

// C = op(A) · op(B), the portable variant: no subgroups, no workgroup memory, no barriers.
//
// A workgroup is one row of LANES threads and owns TM rows; a thread owns TN columns, LANES apart, so that
// neighbouring lanes read neighbouring addresses of B; all read A at one address. Sums are named variables, not an
// array: some software adapters keep arrays in memory. Intensity: 2·TM·TN operations for TM + TN loads; TM·TN + TM +
// TN registers.
// Uses: grid, register_tile, strided_product.

@compute @workgroup_size(LANES) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>) {
  let own = own_tile(params.product, params.k, group);
  if (own.batch >= params.product.batches) { return; }
  let row0 = own.row * TM;
  let col0 = own.column * (LANES * TN) + local.x;
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  let left = col0 + LANES * steps;
  let right = col0 + LANES * (steps + 4u);
  let cols0 = b_columns(left);
  let cols1 = b_columns(right);
  let rows0 = a_rows(row0 + steps);
  let rows1 = a_rows(row0 + steps + 4u);

  var c0 = vec4<f32>(); var c1 = vec4<f32>(); var c2 = vec4<f32>(); var c3 = vec4<f32>();
  var c4 = vec4<f32>(); var c5 = vec4<f32>(); var c6 = vec4<f32>(); var c7 = vec4<f32>();
  var d0 = vec4<f32>(); var d1 = vec4<f32>(); var d2 = vec4<f32>(); var d3 = vec4<f32>();
  var d4 = vec4<f32>(); var d5 = vec4<f32>(); var d6 = vec4<f32>(); var d7 = vec4<f32>();
  var at = first_step(own);
  for (var k = own.k_start; k < own.k_end; k++) {
    let b0 = load_b(at.b + cols0);
    var b1 = vec4<f32>();
    if (TN > 4u) { b1 = load_b(at.b + cols1); }
    let r0 = load_a(at.a + rows0);
    var r1 = vec4<f32>();
    if (TM > 4u) { r1 = load_a(at.a + rows1); }
    at = next_step(at);
    c0 += r0.x * b0;
    c1 += r0.y * b0;
    c2 += r0.z * b0;
    c3 += r0.w * b0;
    if (TN > 4u) {
      d0 += r0.x * b1;
      d1 += r0.y * b1;
      d2 += r0.z * b1;
      d3 += r0.w * b1;
    }
    if (TM > 4u) {
      c4 += r1.x * b0;
      c5 += r1.y * b0;
      c6 += r1.z * b0;
      c7 += r1.w * b0;
      if (TN > 4u) {
        d4 += r1.x * b1;
        d5 += r1.y * b1;
        d6 += r1.z * b1;
        d7 += r1.w * b1;
      }
    }
  }

  let at_left = c_start(params.product, own) + c_columns(left);
  let at_right = c_start(params.product, own) + c_columns(right);
  // One place that stores keeps the compiled kernel small.
  var tile = array<vec4<f32>, 16>(c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7);
  for (var i = 0u; i < TM; i++) {
    store4(row0 + i, left, at_left, own.batch, tile[i]);
    if (TN > 4u) {
      store4(row0 + i, right, at_right, own.batch, tile[i + 8u]);
    }
  }
}

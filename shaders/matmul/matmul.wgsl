// C = op(A) · op(B), the portable variant: no subgroups, no workgroup memory, no barriers.
//
// A workgroup is one row of LANES threads and owns TM rows; a thread owns TN columns, LANES apart, so that neighbouring lanes read
// neighbouring addresses of B; all read A at one address.
// Sums are named variables, not an array: some software adapters keep arrays in memory.
// Intensity: 2·TM·TN operations for TM + TN loads; TM·TN + TM + TN registers.
// Uses: product, strided_product.
const LANES: u32 = 16u;
const TM: u32 = 8u; // 4 or 8
const TN: u32 = 8u; // 4 or 8

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
  let own = own_tile(group, groups);
  if (own.batch >= params.product.batches) { return; }
  let batch = unravel_batch(own.batch, params.product.batch_dims);
  let row0 = own.row * TM;
  let col0 = own.column * (LANES * TN) + local.x;
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  let rows0 = a_rows(row0 + steps);
  let rows1 = a_rows(row0 + steps + 4u);
  let left = col0 + LANES * steps;
  let right = col0 + LANES * (steps + 4u);
  let cols0 = b_columns(left);
  let cols1 = b_columns(right);

  var c0 = vec4<f32>(); var c1 = vec4<f32>(); var c2 = vec4<f32>(); var c3 = vec4<f32>();
  var c4 = vec4<f32>(); var c5 = vec4<f32>(); var c6 = vec4<f32>(); var c7 = vec4<f32>();
  var d0 = vec4<f32>(); var d1 = vec4<f32>(); var d2 = vec4<f32>(); var d3 = vec4<f32>();
  var d4 = vec4<f32>(); var d5 = vec4<f32>(); var d6 = vec4<f32>(); var d7 = vec4<f32>();
  let k0 = own.split * params.product.k_slice;
  let k1 = min(k0 + params.product.k_slice, params.k);
  var inner = select(k0 % params.k_inner, 0u, FLAT_K);
  var a_at = a_start(batch) + a_step(k0);
  var b_at = b_start(batch) + b_step(k0);
  for (var k = k0; k < k1; k++) {
    let b0 = load_b(b_at + cols0);
    var b1 = vec4<f32>();
    if (TN > 4u) { b1 = load_b(b_at + cols1); }
    let r0 = load_a(a_at + rows0);
    var r1 = vec4<f32>();
    if (TM > 4u) { r1 = load_a(a_at + rows1); }
    a_at += params.a_k;
    b_at += params.b_k;
    if (!FLAT_K) {
      inner++;
      if (inner == params.k_inner) {
        inner = 0u;
        a_at += params.a_k_outer - params.k_inner * params.a_k;
        b_at += params.b_k_outer - params.k_inner * params.b_k;
      }
    }
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

  let base = c_start(batch, own.split);
  let at_left = base + c_columns(left);
  let at_right = base + c_columns(right);
  // One place that stores keeps the compiled kernel small.
  var tile = array<vec4<f32>, 16>(c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7);
  for (var i = 0u; i < TM; i++) {
    store4(row0 + i, left, at_left, own.batch, tile[i]);
    if (TN > 4u) {
      store4(row0 + i, right, at_right, own.batch, tile[i + 8u]);
    }
  }
}

// C = op(A) · op(B) like matmul_vec4.wgsl, for software adapters whose subgroups are four lanes: a quad owns 16 × 16
// of C.
//
// Lane l of a quad reads rows 4l..4l+3 of A and four neighbouring columns of B of its own, four steps of K at once,
// and multiplies them; then the lanes exchange their rows (quadSwapX, Y, Diagonal: one instruction each, where a
// broadcast takes five) until each has met all 16. So a lane ends up with four columns of four times four rows. Sums
// stay in memory on such adapters: adding four products at a time saves three of four times that they are read and
// written.
//
// K (and what it counts) comes in whole fours.
// Uses: grid, vec4_product.
// Needs: subgroups (lanes of a quad have neighbouring numbers).
// Intensity: 512 operations for 8 loads of a vec4; 64 sums, 32 values of A and B; no workgroup memory, no barrier.
enable subgroups;
const LANES: u32 = 16u;

// Four rows (or columns) by four steps of K, as four vectors along K (`along_k`) or across it: the same numbers.
fn load_a(at: u32, rows: vec4<u32>) -> mat4x4<f32> {
  let m = mat4x4<f32>(
    vec4<f32>(a[at + rows.x]), vec4<f32>(a[at + rows.y]), vec4<f32>(a[at + rows.z]), vec4<f32>(a[at + rows.w]),
  );
  if (A_K) {
    return m;
  }
  return transpose(m);
}

fn load_b(at: u32, columns: vec4<u32>) -> mat4x4<f32> {
  let m = mat4x4<f32>(
    vec4<f32>(b[at + columns.x]), vec4<f32>(b[at + columns.y]), vec4<f32>(b[at + columns.z]), vec4<f32>(b[at + columns.w]),
  );
  if (B_K) {
    return transpose(m);
  }
  return m;
}

@compute @workgroup_size(LANES) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>,
        @builtin(subgroup_invocation_id) subgroup_lane: u32) {
  let own = own_tile(params.product, params.k, group);
  if (own.batch >= params.product.batches) { return; }
  let lane = subgroup_lane % 4u;
  let row0 = own.row * 16u;
  // In groups of four; those beyond the end repeat the last one.
  let columns = min(own.column * LANES + local.x, params.groups_n - 1u);
  let steps = vec4<u32>(0u, 1u, 2u, 3u);
  var a_from = min(row0 / 4u + lane, (params.m - 1u) / 4u) + steps * params.a_k;
  if (A_K) {
    a_from = min(row0 + 4u * lane + steps, vec4<u32>(params.m - 1u)) * params.a_row;
  }
  var b_from = column(columns, 1u, params.b_col_outer) + steps * params.b_k;
  if (B_K) {
    b_from = column(columns, 4u * params.b_col, params.b_col_outer) + steps * params.b_col;
  }

  var c00 = vec4<f32>(); var c01 = vec4<f32>(); var c02 = vec4<f32>(); var c03 = vec4<f32>();
  var c10 = vec4<f32>(); var c11 = vec4<f32>(); var c12 = vec4<f32>(); var c13 = vec4<f32>();
  var c20 = vec4<f32>(); var c21 = vec4<f32>(); var c22 = vec4<f32>(); var c23 = vec4<f32>();
  var c30 = vec4<f32>(); var c31 = vec4<f32>(); var c32 = vec4<f32>(); var c33 = vec4<f32>();
  let a_first = a_start(params.product, own);
  let b_first = b_start(params.product, own);
  for (var k = own.k_start; k < own.k_end; k += 4u) {
    let b4 = load_b(b_first + step_at(k, B_K, params.b_k, params.b_k_outer), b_from);
    let a4 = load_a(a_first + step_at(k, A_K, params.a_k, params.a_k_outer), a_from);
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

  let at = c_start(params.product, own) + column(columns, 1u, params.c_col_outer);
  // One place that stores keeps the compiled kernel small.
  var tile = array<vec4<f32>, 16>(
    c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33,
  );
  for (var i = 0u; i < 16u; i++) {
    store(row0 + 4u * (lane ^ (i / 4u)) + i % 4u, columns, at, own.batch, tile[i]);
  }
}

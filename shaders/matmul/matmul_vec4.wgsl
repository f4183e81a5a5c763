// C = op(A) · op(B) like matmul_subgroup.wgsl, where both operands and the result can be read and written four elements
// at a time: the fastest form on software adapters, which spend most of their time on loads.
//
// A workgroup is one row of LANES threads and owns TM rows; a thread owns TN columns: four neighbours, and four more
// 4·LANES on. Each lane reads part of A, subgroupBroadcast hands it to the others. What is read four steps of K ahead
// waits in registers that are rotated.
// Uses: grid, product, register_tile, vec4_product.
// Needs: subgroups.
// Intensity: 2·TM·TN operations for (TN + TM/S)/4 loads of a vec4; TM·TN + 2·TN + TM registers (up to 4·TN + TM more
// with A_K or B_K); no workgroup memory, no barrier.
enable subgroups;
const S: u32 = 4u; // 4, 8 or 16; at most the subgroup's size

@compute @workgroup_size(LANES) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>,
        @builtin(subgroup_invocation_id) lane: u32) {
  let own = own_tile(params.product, params.k, group);
  if (own.batch >= params.product.batches) { return; }
  let row0 = own.row * TM;
  let col0 = own.column * (LANES * TN / 4u) + local.x; // in groups of four
  let left = min(col0, params.groups_n - 1u);
  let right = min(col0 + LANES, params.groups_n - 1u);
  // Without A_K a lane reads four rows, with it S apart.
  let row_group = min(row0 / 4u + lane % (TM / 4u), (params.m - 1u) / 4u);
  let rows = min(row0 + lane % S + S * vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.m - 1u)) * params.a_row;
  // Without B_K a column's stride is 1 (a group's), with it b_col for each of the four columns of a group.
  let b_left = column(left, select(1u, 4u * params.b_col, B_K), params.b_col_outer);
  let b_right = column(right, select(1u, 4u * params.b_col, B_K), params.b_col_outer);

  var c0 = vec4<f32>(); var c1 = vec4<f32>(); var c2 = vec4<f32>(); var c3 = vec4<f32>();
  var c4 = vec4<f32>(); var c5 = vec4<f32>(); var c6 = vec4<f32>(); var c7 = vec4<f32>();
  var c8 = vec4<f32>(); var c9 = vec4<f32>(); var c10 = vec4<f32>(); var c11 = vec4<f32>();
  var c12 = vec4<f32>(); var c13 = vec4<f32>(); var c14 = vec4<f32>(); var c15 = vec4<f32>();
  var d0 = vec4<f32>(); var d1 = vec4<f32>(); var d2 = vec4<f32>(); var d3 = vec4<f32>();
  var d4 = vec4<f32>(); var d5 = vec4<f32>(); var d6 = vec4<f32>(); var d7 = vec4<f32>();
  var d8 = vec4<f32>(); var d9 = vec4<f32>(); var d10 = vec4<f32>(); var d11 = vec4<f32>();
  var d12 = vec4<f32>(); var d13 = vec4<f32>(); var d14 = vec4<f32>(); var d15 = vec4<f32>();
  var r = vec4<f32>(); // of A
  var r0 = vec4<f32>(); var r1 = vec4<f32>(); var r2 = vec4<f32>(); var r3 = vec4<f32>();
  var q0 = vec4<f32>(); var q1 = vec4<f32>(); var q2 = vec4<f32>(); var q3 = vec4<f32>(); // of B
  var q4 = vec4<f32>(); var q5 = vec4<f32>(); var q6 = vec4<f32>(); var q7 = vec4<f32>();
  var a_at = a_start(params.product, own) + step_at(own.k_start, A_K, params.a_k, params.a_k_outer);
  var b_at = b_start(params.product, own) + step_at(own.k_start, B_K, params.b_k, params.b_k_outer);
  var inner = select(own.k_start % params.k_inner, 0u, FLAT_K);
  for (var k = own.k_start; k < own.k_end; k++) {
    if (A_K) {
      if (k % 4u == 0u) {
        r0 = vec4<f32>(a[a_at + rows.x]);
        if (TM > S) {
          r1 = vec4<f32>(a[a_at + rows.y]);
        }
        if (TM > 2u * S) {
          r2 = vec4<f32>(a[a_at + rows.z]);
          r3 = vec4<f32>(a[a_at + rows.w]);
        }
        a_at++;
      } else {
        r0 = r0.yzwx;
        r1 = r1.yzwx;
        r2 = r2.yzwx;
        r3 = r3.yzwx;
      }
    } else {
      r = vec4<f32>(a[a_at + row_group]);
      a_at += params.a_k;
    }
    var b0 = vec4<f32>();
    var b1 = vec4<f32>();
    if (B_K) {
      if (k % 4u == 0u) {
        let start = b_at + b_left;
        q0 = vec4<f32>(b[start]);
        q1 = vec4<f32>(b[start + params.b_col]);
        q2 = vec4<f32>(b[start + 2u * params.b_col]);
        q3 = vec4<f32>(b[start + 3u * params.b_col]);
        if (TN > 4u) {
          let start_right = b_at + b_right;
          q4 = vec4<f32>(b[start_right]);
          q5 = vec4<f32>(b[start_right + params.b_col]);
          q6 = vec4<f32>(b[start_right + 2u * params.b_col]);
          q7 = vec4<f32>(b[start_right + 3u * params.b_col]);
        }
        b_at++;
      } else {
        q0 = q0.yzwx;
        q1 = q1.yzwx;
        q2 = q2.yzwx;
        q3 = q3.yzwx;
        q4 = q4.yzwx;
        q5 = q5.yzwx;
        q6 = q6.yzwx;
        q7 = q7.yzwx;
      }
      b0 = vec4<f32>(q0.x, q1.x, q2.x, q3.x);
      b1 = vec4<f32>(q4.x, q5.x, q6.x, q7.x);
    } else {
      b0 = vec4<f32>(b[b_at + b_left]);
      if (TN > 4u) {
        b1 = vec4<f32>(b[b_at + b_right]);
      }
      b_at += params.b_k;
    }
    if (!FLAT_K) {
      inner++;
      if (inner == params.k_inner) {
        inner = 0u;
        a_at += params.a_k_outer - select(params.k_inner * params.a_k, params.k_inner / 4u, A_K);
        b_at += params.b_k_outer - select(params.k_inner * params.b_k, params.k_inner / 4u, B_K);
      }
    }
    let k_rows = array<vec4<f32>, 4>(r0, r1, r2, r3);
    var a0 = vec4<f32>();
    if (A_K) {
      a0.x = subgroupBroadcast(k_rows[0u / S].x, 0u % S);
      a0.y = subgroupBroadcast(k_rows[1u / S].x, 1u % S);
      a0.z = subgroupBroadcast(k_rows[2u / S].x, 2u % S);
      a0.w = subgroupBroadcast(k_rows[3u / S].x, 3u % S);
    } else {
      a0 = subgroupBroadcast(r, 0u);
    }
    c0 += a0.x * b0;
    c1 += a0.y * b0;
    c2 += a0.z * b0;
    c3 += a0.w * b0;
    if (TN > 4u) {
      d0 += a0.x * b1;
      d1 += a0.y * b1;
      d2 += a0.z * b1;
      d3 += a0.w * b1;
    }
    if (TM > 4u) {
      var a1 = vec4<f32>();
      if (A_K) {
        a1.x = subgroupBroadcast(k_rows[4u / S].x, 4u % S);
        a1.y = subgroupBroadcast(k_rows[5u / S].x, 5u % S);
        a1.z = subgroupBroadcast(k_rows[6u / S].x, 6u % S);
        a1.w = subgroupBroadcast(k_rows[7u / S].x, 7u % S);
      } else {
        a1 = subgroupBroadcast(r, 1u);
      }
      c4 += a1.x * b0;
      c5 += a1.y * b0;
      c6 += a1.z * b0;
      c7 += a1.w * b0;
      if (TN > 4u) {
        d4 += a1.x * b1;
        d5 += a1.y * b1;
        d6 += a1.z * b1;
        d7 += a1.w * b1;
      }
    }
    if (TM > 8u) {
      var a2 = vec4<f32>();
      if (A_K) {
        a2.x = subgroupBroadcast(k_rows[8u / S].x, 8u % S);
        a2.y = subgroupBroadcast(k_rows[9u / S].x, 9u % S);
        a2.z = subgroupBroadcast(k_rows[10u / S].x, 10u % S);
        a2.w = subgroupBroadcast(k_rows[11u / S].x, 11u % S);
      } else {
        a2 = subgroupBroadcast(r, 2u);
      }
      c8 += a2.x * b0;
      c9 += a2.y * b0;
      c10 += a2.z * b0;
      c11 += a2.w * b0;
      if (TN > 4u) {
        d8 += a2.x * b1;
        d9 += a2.y * b1;
        d10 += a2.z * b1;
        d11 += a2.w * b1;
      }
      var a3 = vec4<f32>();
      if (A_K) {
        a3.x = subgroupBroadcast(k_rows[12u / S].x, 12u % S);
        a3.y = subgroupBroadcast(k_rows[13u / S].x, 13u % S);
        a3.z = subgroupBroadcast(k_rows[14u / S].x, 14u % S);
        a3.w = subgroupBroadcast(k_rows[15u / S].x, 15u % S);
      } else {
        a3 = subgroupBroadcast(r, 3u);
      }
      c12 += a3.x * b0;
      c13 += a3.y * b0;
      c14 += a3.z * b0;
      c15 += a3.w * b0;
      if (TN > 4u) {
        d12 += a3.x * b1;
        d13 += a3.y * b1;
        d14 += a3.z * b1;
        d15 += a3.w * b1;
      }
    }
  }

  let at_left = c_start(params.product, own) + column(left, 1u, params.c_col_outer);
  let at_right = c_start(params.product, own) + column(right, 1u, params.c_col_outer);
  // One place that stores keeps the compiled kernel small.
  var tile = array<vec4<f32>, 32>(
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15,
    d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15,
  );
  for (var i = 0u; i < TM; i++) {
    store(row0 + i, left, at_left, own.batch, tile[i]);
    if (TN > 4u) {
      store(row0 + i, right, at_right, own.batch, tile[i + 16u]);
    }
  }
}

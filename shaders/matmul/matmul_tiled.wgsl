// C = op(A) · op(B) like matmul.wgsl, for GPUs with fast workgroup memory.
//
// 8 × 8 threads own a tile of 8·Q·4 rows and as many columns (32 or 64); a
// thread owns Q × Q blocks of 4 × 4, 32 apart, so that neighbours read neighbouring vec4s. BK steps of K at a time are
// copied to workgroup memory as vec4s over four rows (A) or columns (B); A_K_FAST and B_K_FAST say along which
// direction the copy runs so that it is coalesced.
// Intensity from memory: 8·Q operations a byte; from workgroup memory 2·16·Q² operations for 2·Q vec4s.
// Workgroup memory: 2·BK·32·Q·4 bytes (8 KiB for Q = 2, BK = 16). Registers: 16·Q² + 8·Q.
// Uses: product, strided_product.
const Q: u32 = 2u; // 1 or 2
const BK: u32 = 16u;
const A_K_FAST: bool = true; // a_k is 1, or at least smaller than a_row
const B_K_FAST: bool = false;
const QUADS: u32 = 8u * Q;
const THREADS: u32 = 64u;

var<workgroup> a_tile: array<vec4<f32>, BK * QUADS>;
var<workgroup> b_tile: array<vec4<f32>, BK * QUADS>;

// Four values that lie side by side in C; steps beyond the slice count as zero.
fn tile_a(at: u32, k: u32, row: u32, inside: bool) -> vec4<f32> {
  let values = load_a(at + a_step(min(k, params.k - 1u)) + a_rows(row + vec4<u32>(0u, 1u, 2u, 3u)));
  return select(vec4<f32>(), values, inside);
}

fn tile_b(at: u32, k: u32, column: u32, inside: bool) -> vec4<f32> {
  let values = load_b(at + b_step(min(k, params.k - 1u)) + b_columns(column + vec4<u32>(0u, 1u, 2u, 3u)));
  return select(vec4<f32>(), values, inside);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) thread: u32) {
  let own = own_tile(group, groups);
  if (own.batch >= params.product.batches) { return; }
  let batch = unravel_batch(own.batch, params.product.batch_dims);
  let row0 = own.row * (4u * QUADS);
  let col0 = own.column * (4u * QUADS);
  let a_base = a_start(batch);
  let b_base = b_start(batch);
  let tx = thread % 8u;
  let ty = thread / 8u;

  var sums: array<vec4<f32>, 4u * Q * Q>;
  let k0 = own.split * params.product.k_slice;
  let k1 = min(k0 + params.product.k_slice, params.k);
  for (var k = k0; k < k1; k += BK) {
    for (var slot = thread; slot < BK * QUADS; slot += THREADS) {
      let a_k = select(slot / QUADS, slot % BK, A_K_FAST);
      let a_quad = select(slot % QUADS, slot / BK, A_K_FAST);
      a_tile[a_k * QUADS + a_quad] = tile_a(a_base, k + a_k, row0 + 4u * a_quad, k + a_k < k1);
      let b_k = select(slot / QUADS, slot % BK, B_K_FAST);
      let b_quad = select(slot % QUADS, slot / BK, B_K_FAST);
      b_tile[b_k * QUADS + b_quad] = tile_b(b_base, k + b_k, col0 + 4u * b_quad, k + b_k < k1);
    }
    workgroupBarrier();
    for (var kk = 0u; kk < BK; kk++) {
      for (var i = 0u; i < Q; i++) {
        let rows = a_tile[kk * QUADS + ty + 8u * i];
        for (var j = 0u; j < Q; j++) {
          let cols = b_tile[kk * QUADS + tx + 8u * j];
          let first = 4u * (i * Q + j);
          sums[first] += rows.x * cols;
          sums[first + 1u] += rows.y * cols;
          sums[first + 2u] += rows.z * cols;
          sums[first + 3u] += rows.w * cols;
        }
      }
    }
    workgroupBarrier();
  }

  let base = c_start(batch, own.split);
  for (var j = 0u; j < Q; j++) {
    let columns = col0 + 4u * (tx + 8u * j) + vec4<u32>(0u, 1u, 2u, 3u);
    let at = base + c_columns(columns);
    for (var i = 0u; i < Q; i++) {
      for (var r = 0u; r < 4u; r++) {
        store4(row0 + 4u * (ty + 8u * i) + r, columns, at, own.batch, sums[4u * (i * Q + j) + r]);
      }
    }
  }
}

// out[batch, i, j] = Σ_k a[i, k] · b[k, j] for GPUs: a workgroup owns a block of 64 × 64 or 128 × 128 results, whose
// operands go through workgroup memory (lib/block.wgsl). While one block of K is multiplied, the next is loaded.
// With VECTORS an operand that is contiguous along K is read as 4 × 4 elements per thread, which are turned in registers,
// and any other as vec4s across K; without, elements are read one by one, with any strides. K is cut into `splits`
// slices, whose sums go to out[split, …] and are summed by another launch. Rows and columns past the end read the
// last ones and are not written; steps past the end of K count as 0. Bound by multiply-adds.
// Uses: activate, batches, block, grid.
alias T = f32;
alias A = vec4<f32>; // four of T, or (without VECTORS) T
alias TOUT = f32;
const VECTORS: bool = true;
const A_ALONG_K: bool = false;
const B_ALONG_K: bool = false;
const BIAS: bool = false;

struct Params {
  m: u32,
  n: u32,
  k: u32,
  k_slice: u32,
  splits: u32,
  split_size: u32,
  tiles_m: u32,
  tiles_n: u32,
  a_row: u32, // elements from one row, column or step of K to the next
  a_k: u32,
  b_column: u32,
  b_k: u32,
  batch_dims: vec4<u32>,
  a_batch: vec4<u32>,
  b_batch: vec4<u32>,
}

@group(0) @binding(0) var<storage, read> a: array<A>;
@group(0) @binding(1) var<storage, read> b: array<A>;
@group(0) @binding(2) var<storage, read> bias: array<T>; // one value per column
@group(0) @binding(3) var<storage, read_write> out: array<TOUT>;
@group(0) @binding(4) var<uniform> params: Params;

// What a thread fetches of an operand at once: four vec4s, of one block of K or (SIDE 16) of two. They lie along K, of
// four neighbours across it, or across K, of OWN neighbours in each block.
struct Piece {
  v0: vec4<f32>,
  v1: vec4<f32>,
  v2: vec4<f32>,
  v3: vec4<f32>,
}

const FOUR = vec4<u32>(0u, 1u, 2u, 3u);
const UNIT: u32 = select(1u, 4u, VECTORS);
// Threads that fetch a block of an operand which is contiguous along K: all, or (SIDE 16) half of them, the others the next.
const TURNING: u32 = 4u * QUADS;

// Where the thread's part of an operand starts, as indices of the binding: along K four lines, else of one step of K
// four elements or (VECTORS, the first index) a vec4 of them.
fn places(along_k: bool, t: u32, start: u32, size: u32, across: u32, along: u32, first: u32) -> vec4<u32> {
  if (along_k) {
    let lines = min(start + (t & (TURNING - 4u)) + FOUR, vec4(size - 1u));
    return (first + lines * across + t / TURNING * BLOCK_K + (t & 3u) * 4u) / 4u;
  }
  let line = start + (t & (QUADS - 1u)) * 4u;
  let row = first + t / QUADS * OWN * along;
  if (VECTORS) { return vec4(row + min(line, size - 4u)) / 4u; }
  return row + min(line + FOUR, vec4(size - 1u)) * across;
}

fn a_at(at: vec4<u32>, k: u32) -> vec4<f32> {
  if (VECTORS) { return vec4<f32>(vec4(a[at.x + k])); }
  return vec4<f32>(vec4(vec4(a[at.x + k]).x, vec4(a[at.y + k]).x, vec4(a[at.z + k]).x, vec4(a[at.w + k]).x));
}

fn b_at(at: vec4<u32>, k: u32) -> vec4<f32> {
  if (VECTORS) { return vec4<f32>(vec4(b[at.x + k])); }
  return vec4<f32>(vec4(vec4(b[at.x + k]).x, vec4(b[at.y + k]).x, vec4(b[at.z + k]).x, vec4(b[at.w + k]).x));
}

// `k` counts steps of K from the first, the same for all threads.
fn fetch_a(at: vec4<u32>, k: u32) -> Piece {
  if (A_ALONG_K) {
    let on = k / 4u;
    return Piece(a_at(at.xxxx, on), a_at(at.yyyy, on), a_at(at.zzzz, on), a_at(at.wwww, on));
  }
  let on = (k + FOUR % OWN + FOUR / OWN * BLOCK_K) * (params.a_k / UNIT);
  return Piece(a_at(at, on.x), a_at(at, on.y), a_at(at, on.z), a_at(at, on.w));
}

fn fetch_b(at: vec4<u32>, k: u32) -> Piece {
  if (B_ALONG_K) {
    let on = k / 4u;
    return Piece(b_at(at.xxxx, on), b_at(at.yyyy, on), b_at(at.zzzz, on), b_at(at.wwww, on));
  }
  let on = (k + FOUR % OWN + FOUR / OWN * BLOCK_K) * (params.b_k / UNIT);
  return Piece(b_at(at, on.x), b_at(at, on.y), b_at(at, on.z), b_at(at, on.w));
}

// Puts what the thread has of a block into workgroup memory, with vec4s across K; `half` is 1 for the second of two.
fn put(p: Piece, operand: u32, along_k: bool, t: u32, half: u32) {
  if (along_k) {
    let row = (t & 3u) * (4u / OWN);
    let quad = (t / 4u) & (QUADS - 1u);
    if (OWN == 4u || t / TURNING == half) {
      blocks[operand][0][row][quad] = vec4(p.v0.x, p.v1.x, p.v2.x, p.v3.x);
      blocks[operand][1][row][quad] = vec4(p.v0.y, p.v1.y, p.v2.y, p.v3.y);
      blocks[operand][2u % OWN][row + 2u / OWN][quad] = vec4(p.v0.z, p.v1.z, p.v2.z, p.v3.z);
      blocks[operand][3u % OWN][row + 2u / OWN][quad] = vec4(p.v0.w, p.v1.w, p.v2.w, p.v3.w);
    }
  } else {
    let row = t / QUADS;
    let quad = t & (QUADS - 1u);
    let second = OWN == 2u && half == 1u;
    blocks[operand][0][row][quad] = select(p.v0, p.v2, second);
    blocks[operand][1][row][quad] = select(p.v1, p.v3, second);
    if (OWN == 4u) {
      blocks[operand][OWN - 2u][row][quad] = p.v2;
      blocks[operand][OWN - 1u][row][quad] = p.v3;
    }
  }
}

@compute @workgroup_size(THREADS) fn main(group: Group, @builtin(local_invocation_index) t: u32) {
  let index = group_index(group);
  let m0 = index % params.tiles_m * BLOCK;
  let n0 = index / params.tiles_m % params.tiles_n * BLOCK;
  let z = index / params.tiles_m / params.tiles_n;
  let split = z % params.splits;
  let batch = z / params.splits;
  let dims = params.batch_dims;
  if (batch >= dims.x * dims.y * dims.z * dims.w) { return; }
  let place = unravel_batch(batch, dims);
  let k0 = split * params.k_slice;
  let end = min(k0 + params.k_slice, params.k);
  let first_a = dot(place, params.a_batch) + k0 * params.a_k;
  let first_b = dot(place, params.b_batch) + k0 * params.b_k;

  let at_a = places(A_ALONG_K, t, m0, params.m, params.a_row, params.a_k, first_a);
  let at_b = places(B_ALONG_K, t, n0, params.n, params.b_column, params.b_k, first_b);
  let ty = t / SIDE;
  let tx = t & (SIDE - 1u);

  var piece_a = fetch_a(at_a, 0u);
  var piece_b = fetch_b(at_b, 0u);
  var sums: Sums;
  var k = 0u;
  let steps = end - k0;
  // A block is put, the next is fetched, and then it is multiplied: two in the loop's body, as a loop has its price.
  // What is fetched past the end isn't used.
  for (; WRITTEN_OUT && k + 2u * BLOCK_K <= steps; k += 2u * BLOCK_K) {
    workgroupBarrier();
    put(piece_a, 0u, A_ALONG_K, t, 0u);
    put(piece_b, 1u, B_ALONG_K, t, 0u);
    workgroupBarrier();
    if (OWN == 4u) {
      piece_a = fetch_a(at_a, k + BLOCK_K);
      piece_b = fetch_b(at_b, k + BLOCK_K);
    }
    multiply_blocks(&sums, ty, tx);
    workgroupBarrier();
    put(piece_a, 0u, A_ALONG_K, t, 1u);
    put(piece_b, 1u, B_ALONG_K, t, 1u);
    workgroupBarrier();
    piece_a = fetch_a(at_a, k + 2u * BLOCK_K);
    piece_b = fetch_b(at_b, k + 2u * BLOCK_K);
    multiply_blocks(&sums, ty, tx);
  }
  for (var half = 0u; k < steps; half = 1u - half) {
    workgroupBarrier();
    put(piece_a, 0u, A_ALONG_K, t, half);
    put(piece_b, 1u, B_ALONG_K, t, half);
    workgroupBarrier();
    multiply_steps(&sums, min(steps - k, BLOCK_K), ty, tx);
    k += BLOCK_K;
    if (OWN == 4u || half == 1u) {
      piece_a = fetch_a(at_a, k);
      piece_b = fetch_b(at_b, k);
    }
  }

  let base = split * params.split_size + batch * params.m * params.n;
  for (var r = 0u; r < 8u; r++) {
    let i = m0 + block_row(ty, r);
    if (i < params.m) {
      for (var c = 0u; c < 8u; c++) {
        let j = n0 + block_row(tx, c);
        if (j < params.n) {
          var value = sums[2u * r + c / 4u][c % 4u];
          if (BIAS) { value += f32(bias[j]); }
          out[base + i * params.n + j] = TOUT(activate(value));
        }
      }
    }
  }
}

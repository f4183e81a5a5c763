// out[batch, i, j] = Σ_k a[i, k] · b[k, j] for GPUs: a workgroup owns a block of 64 × 64 or 128 × 128 results, whose
// operands go through workgroup memory (lib/block.wgsl). While one block of K is multiplied, the next is loaded.
// With VECTORS operands are read as vec4s, along K or across it; without, elements are read one by one, with any strides.
// K is cut into `splits` slices, whose sums go to out[split, …] and are summed by another launch. Rows and columns past
// the end read the last ones and are not written; steps past the end of K count as 0. Bound by multiply-adds.
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

const FOUR = vec4<u32>(0u, 1u, 2u, 3u);
const UNIT: u32 = select(1u, 4u, VECTORS);
const QUADS: u32 = 2u * SIDE; // vec4s across K in a block
const OWN: u32 = 32u / SIDE; // vec4s of a block that each thread fills
const LINES: u32 = THREADS / 4u; // along K: of which all threads fetch a block at once
const STEPS: u32 = THREADS / QUADS; // and across K

// What a thread fetches of an operand's block: vec4 t % 4 of the lines t / 4 + LINES·i (along K), or vec4 t % QUADS of
// the steps t / QUADS + STEPS·i.
alias Piece = array<vec4<f32>, OWN>;

// Where that starts, as indices of the binding: of each line, else of four elements or (VECTORS, the first index) a vec4.
fn places(along_k: bool, t: u32, start: u32, size: u32, across: u32, along: u32, first: u32) -> vec4<u32> {
  if (along_k) { return (first + min(start + t / 4u + FOUR * LINES, vec4(size - 1u)) * across) / 4u + t % 4u; }
  let line = start + t % QUADS * 4u;
  let step = first + t / QUADS * along;
  if (VECTORS) { return vec4(step + min(line, size - 4u)) / 4u; }
  return step + min(line + FOUR, vec4(size - 1u)) * across;
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
  var piece: Piece;
  for (var i = 0u; i < OWN; i++) {
    if (A_ALONG_K) { piece[i] = a_at(vec4(at[i]), k / 4u); } else { piece[i] = a_at(at, (k + STEPS * i) * (params.a_k / UNIT)); }
  }
  return piece;
}

fn fetch_b(at: vec4<u32>, k: u32) -> Piece {
  var piece: Piece;
  for (var i = 0u; i < OWN; i++) {
    if (B_ALONG_K) { piece[i] = b_at(vec4(at[i]), k / 4u); } else { piece[i] = b_at(at, (k + STEPS * i) * (params.b_k / UNIT)); }
  }
  return piece;
}

// A piece of a block of which only the first `steps` count.
fn cut(piece: Piece, along_k: bool, t: u32, steps: u32) -> Piece {
  var kept = piece;
  for (var i = 0u; i < OWN; i++) {
    let k = select(vec4(t / QUADS + STEPS * i), t % 4u * 4u + FOUR, along_k);
    kept[i] = select(vec4(0.0), piece[i], k < vec4(steps));
  }
  return kept;
}

fn put(piece: Piece, operand: u32, along_k: bool, t: u32) {
  for (var i = 0u; i < OWN; i++) {
    if (along_k) {
      let line = t / 4u + LINES * i;
      blocks[operand][8u * (t % 4u) + line / SIDE][swizzled(line % SIDE, t % 4u)] = piece[i];
    } else {
      blocks[operand][2u * (t / QUADS + STEPS * i) + t % QUADS / SIDE][t % SIDE] = piece[i];
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

  // What doesn't fill a block comes first, so that all others are whole and nothing is fetched past the end.
  let steps = end - k0;
  let first = min(steps, (steps + BLOCK_K - 1u) % BLOCK_K + 1u);
  put(cut(fetch_a(at_a, 0u), A_ALONG_K, t, first), 0u, A_ALONG_K, t);
  put(cut(fetch_b(at_b, 0u), B_ALONG_K, t, first), 1u, B_ALONG_K, t);
  var sums: Sums;
  for (var k = first; k < steps; k += BLOCK_K) {
    workgroupBarrier();
    let piece_a = fetch_a(at_a, k);
    let piece_b = fetch_b(at_b, k);
    multiply_block(&sums, A_ALONG_K, B_ALONG_K, ty, tx);
    workgroupBarrier();
    put(piece_a, 0u, A_ALONG_K, t);
    put(piece_b, 1u, B_ALONG_K, t);
  }
  workgroupBarrier();
  multiply_block(&sums, A_ALONG_K, B_ALONG_K, ty, tx);

  let base = split * params.split_size + batch * params.m * params.n;
  for (var r = 0u; r < 8u; r++) {
    let i = m0 + block_row(A_ALONG_K, ty, r);
    if (i < params.m) {
      for (var c = 0u; c < 8u; c++) {
        let j = n0 + block_row(B_ALONG_K, tx, c);
        if (j < params.n) {
          var value = sums[2u * r + c / 4u][c % 4u];
          if (BIAS) { value += f32(bias[j]); }
          out[base + i * params.n + j] = TOUT(activate(value));
        }
      }
    }
  }
}

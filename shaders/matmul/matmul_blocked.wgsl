// out[batch, i, j] = Σ_k a[i, k] · b[k, j] for GPUs: a workgroup owns a block of 64 × 64 or 128 × 128 results, whose
// operands go through workgroup memory (lib/block.wgsl). While one block of K is multiplied, the next is loaded.
// With VECTORS an operand that runs on along K is read as 4 × 4 elements a thread, which are turned in registers,
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
@group(0) @binding(2) var<storage, read> bias: array<T>; // one value a column
@group(0) @binding(3) var<storage, read_write> out: array<TOUT>;
@group(0) @binding(4) var<uniform> params: Params;

// What a thread loads of a block of an operand: vec4s along K of four neighbours across it, or across K of OWN neighbours.
struct Piece {
  v0: vec4<f32>,
  v1: vec4<f32>,
  v2: vec4<f32>,
  v3: vec4<f32>,
}

// Where the thread's vec4s are in the first block, as indices of the binding.
fn places(along_k: bool, t: u32, start: u32, size: u32, across: u32, along: u32, first: u32) -> vec4<u32> {
  if (along_k) {
    let lines = min(start + t / 4u * 4u + vec4(0u, 1u, 2u, 3u), vec4(size - 1u));
    return (first + lines * across + t % 4u * 4u) / 4u;
  }
  let steps = t / QUADS * OWN + vec4(0u, 1u, 2u, 3u);
  if (VECTORS) { return (first + min(start + t % QUADS * 4u, size - 4u) + steps * along) / 4u; }
  return first + steps * along;
}

// Without VECTORS: where four neighbours across K lie.
fn neighbours(t: u32, start: u32, size: u32, across: u32) -> vec4<u32> {
  return min(start + t % QUADS * 4u + vec4(0u, 1u, 2u, 3u), vec4(size - 1u)) * across;
}

fn a_at(at: u32, next: vec4<u32>) -> vec4<f32> {
  if (VECTORS) { return vec4<f32>(vec4(a[at])); }
  return vec4<f32>(vec4(vec4(a[at + next.x]).x, vec4(a[at + next.y]).x, vec4(a[at + next.z]).x, vec4(a[at + next.w]).x));
}

fn b_at(at: u32, next: vec4<u32>) -> vec4<f32> {
  if (VECTORS) { return vec4<f32>(vec4(b[at])); }
  return vec4<f32>(vec4(vec4(b[at + next.x]).x, vec4(b[at + next.y]).x, vec4(b[at + next.z]).x, vec4(b[at + next.w]).x));
}

// Steps of K past the end count as 0; `k` is the block's first, `own` the thread's first of them.
fn counted(piece: Piece, along_k: bool, own: u32, left: u32) -> Piece {
  if (left >= BLOCK_K) { return piece; }
  let zero = vec4(0.0);
  if (along_k) {
    let counts = vec4(own < left);
    return Piece(select(zero, piece.v0, counts), select(zero, piece.v1, counts), select(zero, piece.v2, counts), select(zero, piece.v3, counts));
  }
  return Piece(
    select(zero, piece.v0, vec4(own < left)),
    select(zero, piece.v1, vec4(own + 1u < left)),
    select(zero, piece.v2, vec4(own + 2u < left)),
    select(zero, piece.v3, vec4(own + 3u < left)),
  );
}

fn put_a(along_k: bool, t: u32, p: Piece) {
  if (along_k) {
    let k = t % 4u * (4u / OWN);
    block_a[0][k][t / 4u] = vec4(p.v0.x, p.v1.x, p.v2.x, p.v3.x);
    block_a[1][k][t / 4u] = vec4(p.v0.y, p.v1.y, p.v2.y, p.v3.y);
    block_a[2u % OWN][k + 2u / OWN][t / 4u] = vec4(p.v0.z, p.v1.z, p.v2.z, p.v3.z);
    block_a[3u % OWN][k + 3u / OWN][t / 4u] = vec4(p.v0.w, p.v1.w, p.v2.w, p.v3.w);
    return;
  }
  block_a[0][t / QUADS][t % QUADS] = p.v0;
  block_a[1][t / QUADS][t % QUADS] = p.v1;
  if (OWN == 4u) {
    block_a[OWN - 2u][t / QUADS][t % QUADS] = p.v2;
    block_a[OWN - 1u][t / QUADS][t % QUADS] = p.v3;
  }
}

fn put_b(along_k: bool, t: u32, p: Piece) {
  if (along_k) {
    let k = t % 4u * (4u / OWN);
    block_b[0][k][t / 4u] = vec4(p.v0.x, p.v1.x, p.v2.x, p.v3.x);
    block_b[1][k][t / 4u] = vec4(p.v0.y, p.v1.y, p.v2.y, p.v3.y);
    block_b[2u % OWN][k + 2u / OWN][t / 4u] = vec4(p.v0.z, p.v1.z, p.v2.z, p.v3.z);
    block_b[3u % OWN][k + 3u / OWN][t / 4u] = vec4(p.v0.w, p.v1.w, p.v2.w, p.v3.w);
    return;
  }
  block_b[0][t / QUADS][t % QUADS] = p.v0;
  block_b[1][t / QUADS][t % QUADS] = p.v1;
  if (OWN == 4u) {
    block_b[OWN - 2u][t / QUADS][t % QUADS] = p.v2;
    block_b[OWN - 1u][t / QUADS][t % QUADS] = p.v3;
  }
}

// Threads that load an operand which runs on along K: all of a small workgroup, half of a large one.
const TURNING: u32 = 4u * QUADS;

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

  // The second operand is turned by the other half of a large workgroup.
  let ta = t;
  let tb = select(t, (t + TURNING) % THREADS, B_ALONG_K);
  let loads_a = !A_ALONG_K || ta < TURNING;
  let loads_b = !B_ALONG_K || tb < TURNING;
  let own_a = select(t / QUADS * OWN, ta % 4u * 4u, A_ALONG_K);
  let own_b = select(t / QUADS * OWN, tb % 4u * 4u, B_ALONG_K);
  var at_a = places(A_ALONG_K, ta, m0, params.m, params.a_row, params.a_k, first_a);
  var at_b = places(B_ALONG_K, tb, n0, params.n, params.b_column, params.b_k, first_b);
  let next_a = neighbours(ta, m0, params.m, params.a_row);
  let next_b = neighbours(tb, n0, params.n, params.b_column);
  let unit = select(1u, 4u, VECTORS);
  let step_a = BLOCK_K * params.a_k / unit;
  let step_b = BLOCK_K * params.b_k / unit;

  var piece_a: Piece;
  var piece_b: Piece;
  var sums: Sums;
  // Each round stores what the round before loaded, loads the next block and multiplies.
  for (var k = k0; k < end + BLOCK_K; k += BLOCK_K) {
    if (k > k0) {
      workgroupBarrier();
      if (loads_a) { put_a(A_ALONG_K, ta, piece_a); }
      if (loads_b) { put_b(B_ALONG_K, tb, piece_b); }
      workgroupBarrier();
    }
    if (k < end) {
      if (loads_a) {
        piece_a.v0 = a_at(at_a.x, next_a);
        piece_a.v1 = a_at(at_a.y, next_a);
        if (A_ALONG_K || OWN == 4u) {
          piece_a.v2 = a_at(at_a.z, next_a);
          piece_a.v3 = a_at(at_a.w, next_a);
        }
        piece_a = counted(piece_a, A_ALONG_K, own_a, end - k);
      }
      if (loads_b) {
        piece_b.v0 = b_at(at_b.x, next_b);
        piece_b.v1 = b_at(at_b.y, next_b);
        if (B_ALONG_K || OWN == 4u) {
          piece_b.v2 = b_at(at_b.z, next_b);
          piece_b.v3 = b_at(at_b.w, next_b);
        }
        piece_b = counted(piece_b, B_ALONG_K, own_b, end - k);
      }
      at_a += step_a;
      at_b += step_b;
    }
    if (k > k0) { multiply_blocks(&sums, t / SIDE, t % SIDE); }
  }

  let base = split * params.split_size + batch * params.m * params.n;
  for (var r = 0u; r < 8u; r++) {
    let i = m0 + block_row(t / SIDE, r);
    if (i < params.m) {
      for (var c = 0u; c < 8u; c++) {
        let j = n0 + block_row(t % SIDE, c);
        if (j < params.n) {
          var value = sums[2u * r + c / 4u][c % 4u];
          if (BIAS) { value += f32(bias[j]); }
          out[base + i * params.n + j] = TOUT(activate(value));
        }
      }
    }
  }
}

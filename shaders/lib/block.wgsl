// The heart of products on GPUs: the sums of a workgroup's block of 8·SIDE × 8·SIDE results, 8 × 8 per thread in
// registers, over 16 steps of K at a time out of workgroup memory. Kernels that use it fill `blocks` and store the sums.
//
// Row r of A's block (of B's: column r), step k, is
//   across K: component r % 4 of blocks[0][2·k + r / 4 / SIDE][r / 4 % SIDE]
//   along K:  component k % 4 of blocks[0][8·(k / 4) + r / SIDE][r % SIDE, swizzled by k / 4]
// and so for B with blocks[1]. Thread (ty, tx) has the rows that lie at [ty], and the columns at [tx]: so threads side
// by side read vectors side by side, and nothing is turned in registers. Per four steps of K: 16 loads of a vec4, 256
// multiply-adds. 1024·SIDE bytes of workgroup memory, some 150 registers.
const SIDE: u32 = 8u; // 8 or 16: 64 or 256 threads
const THREADS: u32 = SIDE * SIDE;
const BLOCK: u32 = 8u * SIDE;
const DEPTH: u32 = 4u; // 3 or 4: vec4s of K in a block
const BLOCK_K: u32 = 4u * DEPTH;
const WRITTEN_OUT: bool = true; // compilers for processors take minutes for it
const HALF: bool = false; // of SIDE 8: for results of at most 32 rows, where a thread computes 4 × 8
const PAD: u32 = 0u; // vec4s between lines, so that threads that write several at once meet different banks

alias Block = array<array<vec4<f32>, SIDE + PAD>, 8u * DEPTH>;
// sums[2·r + h]: the thread's row r of eight, columns of half h.
alias Sums = array<vec4<f32>, 16>;

var<workgroup> blocks: array<Block, 2>;

// Where in its line the vec4 of K's steps 4·q … + 3 lies that belongs to row or column t of SIDE.
fn swizzled(t: u32, q: u32) -> u32 {
  return t ^ (2u * q);
}

// What the thread needs of an operand for K's steps 4·q … + 3: four of its rows, or columns, of half h. As it lies: a
// vector for each step (across K) or for each row.
fn four(operand: u32, along_k: bool, q: u32, h: u32, t: u32) -> mat4x4<f32> {
  if (along_k) {
    let line = 8u * q + 4u * h;
    let at = swizzled(t, q);
    return mat4x4(blocks[operand][line][at], blocks[operand][line + 1u][at], blocks[operand][line + 2u][at], blocks[operand][line + 3u][at]);
  }
  let line = 8u * q + h;
  return mat4x4(blocks[operand][line][t], blocks[operand][line + 2u][t], blocks[operand][line + 4u][t], blocks[operand][line + 6u][t]);
}

fn turned(m: mat4x4<f32>, is_turned: bool) -> mat4x4<f32> {
  if (is_turned) { return transpose(m); }
  return m;
}

// Four steps of K for one row and four columns; b[k] has these columns' step k.
fn add(sum: vec4<f32>, a: vec4<f32>, b: mat4x4<f32>) -> vec4<f32> {
  return fma(vec4(a.w), b[3], fma(vec4(a.z), b[2], fma(vec4(a.y), b[1], fma(vec4(a.x), b[0], sum))));
}

fn multiply_four(sums: ptr<function, Sums>, a_along_k: bool, b_along_k: bool, q: u32, ty: u32, tx: u32) {
  let b0 = turned(four(1u, b_along_k, q, 0u, tx), b_along_k);
  let b1 = turned(four(1u, b_along_k, q, 1u, tx), b_along_k);
  let a0 = turned(four(0u, a_along_k, q, 0u, ty), !a_along_k);
  (*sums)[0] = add((*sums)[0], a0[0], b0);
  (*sums)[1] = add((*sums)[1], a0[0], b1);
  (*sums)[2] = add((*sums)[2], a0[1], b0);
  (*sums)[3] = add((*sums)[3], a0[1], b1);
  (*sums)[4] = add((*sums)[4], a0[2], b0);
  (*sums)[5] = add((*sums)[5], a0[2], b1);
  (*sums)[6] = add((*sums)[6], a0[3], b0);
  (*sums)[7] = add((*sums)[7], a0[3], b1);
  if (HALF) { return; }
  let a1 = turned(four(0u, a_along_k, q, 1u, ty), !a_along_k);
  (*sums)[8] = add((*sums)[8], a1[0], b0);
  (*sums)[9] = add((*sums)[9], a1[0], b1);
  (*sums)[10] = add((*sums)[10], a1[1], b0);
  (*sums)[11] = add((*sums)[11], a1[1], b1);
  (*sums)[12] = add((*sums)[12], a1[2], b0);
  (*sums)[13] = add((*sums)[13], a1[2], b1);
  (*sums)[14] = add((*sums)[14], a1[3], b0);
  (*sums)[15] = add((*sums)[15], a1[3], b1);
}

// Written out: not every compiler unrolls a loop of this size, and its counter would cost a tenth.
fn multiply_block(sums: ptr<function, Sums>, a_along_k: bool, b_along_k: bool, ty: u32, tx: u32) {
  if (!WRITTEN_OUT) {
    for (var q = 0u; q < DEPTH; q++) { multiply_four(sums, a_along_k, b_along_k, q, ty, tx); }
    return;
  }
  multiply_four(sums, a_along_k, b_along_k, 0u, ty, tx);
  multiply_four(sums, a_along_k, b_along_k, 1u, ty, tx);
  multiply_four(sums, a_along_k, b_along_k, 2u, ty, tx);
  if (DEPTH == 4u) { multiply_four(sums, a_along_k, b_along_k, 3u % DEPTH, ty, tx); }
}

// Which row of the block is the thread's r-th, or which column; `t` is ty or tx.
fn block_row(along_k: bool, t: u32, r: u32) -> u32 {
  if (along_k) { return r * SIDE + t; }
  return (r / 4u) * 4u * SIDE + 4u * t + r % 4u;
}

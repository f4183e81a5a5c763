// The heart of products on GPUs: the sums of a workgroup's block of 8·SIDE × 8·SIDE results, 8 × 8 per thread in
// registers, over 16 steps of K at a time out of workgroup memory. Kernels that use it fill `blocks` and store the sums.
//
// Element (k, m) of A's block is component m % 4 of blocks[0][k % OWN][k / OWN][m / 4], and so for B with blocks[1]: a
// thread fills the OWN rows of `row`, at the vec4 `quad`. Thread (ty, tx) has rows 4·ty … + 3 and 4·(SIDE + ty) … + 3 of the
// block, and columns likewise: so threads side by side read vectors side by side. Of indices that are numbers
// nothing need be clamped, hence the nested arrays. Per step of K: four loads of a vec4, 64 multiply-adds. 1024·SIDE
// bytes of workgroup memory, some 150 registers.
const SIDE: u32 = 8u; // 8 or 16: 64 or 256 threads
const THREADS: u32 = SIDE * SIDE;
const BLOCK: u32 = 8u * SIDE;
const BLOCK_K: u32 = 16u;
const QUADS: u32 = 2u * SIDE; // vec4s in a row of a block
const ROWS: u32 = SIDE / 2u; // that many threads stand above each other when they fill one
const OWN: u32 = 32u / SIDE; // rows that each fills
const WRITTEN_OUT: bool = true; // compilers for processors take minutes for it
const HALF: bool = false; // of SIDE 8: for results of at most 32 rows, where a thread computes 4 × 8
const PAD: u32 = 0u; // vec4s between rows, so that threads that write several at once meet different banks

alias Block = array<array<array<vec4<f32>, QUADS + PAD>, ROWS>, OWN>;
// sums[2·r + h]: the thread's row r of eight, columns of half h.
alias Sums = array<vec4<f32>, 16>;

var<workgroup> blocks: array<Block, 2>;

fn multiply_step(sums: ptr<function, Sums>, k: u32, ty: u32, tx: u32) {
  let a0 = blocks[0][k % OWN][k / OWN][ty];
  let a1 = blocks[0][k % OWN][k / OWN][SIDE + ty];
  let b0 = blocks[1][k % OWN][k / OWN][tx];
  let b1 = blocks[1][k % OWN][k / OWN][SIDE + tx];
  (*sums)[0] = fma(vec4(a0.x), b0, (*sums)[0]);
  (*sums)[1] = fma(vec4(a0.x), b1, (*sums)[1]);
  (*sums)[2] = fma(vec4(a0.y), b0, (*sums)[2]);
  (*sums)[3] = fma(vec4(a0.y), b1, (*sums)[3]);
  (*sums)[4] = fma(vec4(a0.z), b0, (*sums)[4]);
  (*sums)[5] = fma(vec4(a0.z), b1, (*sums)[5]);
  (*sums)[6] = fma(vec4(a0.w), b0, (*sums)[6]);
  (*sums)[7] = fma(vec4(a0.w), b1, (*sums)[7]);
  if (HALF) { return; }
  (*sums)[8] = fma(vec4(a1.x), b0, (*sums)[8]);
  (*sums)[9] = fma(vec4(a1.x), b1, (*sums)[9]);
  (*sums)[10] = fma(vec4(a1.y), b0, (*sums)[10]);
  (*sums)[11] = fma(vec4(a1.y), b1, (*sums)[11]);
  (*sums)[12] = fma(vec4(a1.z), b0, (*sums)[12]);
  (*sums)[13] = fma(vec4(a1.z), b1, (*sums)[13]);
  (*sums)[14] = fma(vec4(a1.w), b0, (*sums)[14]);
  (*sums)[15] = fma(vec4(a1.w), b1, (*sums)[15]);
}

fn multiply_steps(sums: ptr<function, Sums>, steps: u32, ty: u32, tx: u32) {
  for (var k = 0u; k < steps; k++) { multiply_step(sums, k, ty, tx); }
}

// Written out: not every compiler unrolls a loop of this size, and its counter would cost a tenth.
fn multiply_blocks(sums: ptr<function, Sums>, ty: u32, tx: u32) {
  if (!WRITTEN_OUT) {
    multiply_steps(sums, BLOCK_K, ty, tx);
    return;
  }
  multiply_step(sums, 0u, ty, tx);
  multiply_step(sums, 1u, ty, tx);
  multiply_step(sums, 2u, ty, tx);
  multiply_step(sums, 3u, ty, tx);
  multiply_step(sums, 4u, ty, tx);
  multiply_step(sums, 5u, ty, tx);
  multiply_step(sums, 6u, ty, tx);
  multiply_step(sums, 7u, ty, tx);
  multiply_step(sums, 8u, ty, tx);
  multiply_step(sums, 9u, ty, tx);
  multiply_step(sums, 10u, ty, tx);
  multiply_step(sums, 11u, ty, tx);
  multiply_step(sums, 12u, ty, tx);
  multiply_step(sums, 13u, ty, tx);
  multiply_step(sums, 14u, ty, tx);
  multiply_step(sums, 15u, ty, tx);
}

// Where in the block the thread's row or column r of eight lies; `t` is ty or tx.
fn block_row(t: u32, r: u32) -> u32 {
  return (r / 4u) * 4u * SIDE + 4u * t + r % 4u;
}

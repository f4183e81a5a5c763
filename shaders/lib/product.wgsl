// What all kernels of matrix products C = op(A) · op(B) have in common: for every batch, with an optional bias and
// ReLU; or, with splits > 1, the partial products of slices of K, which sum_partials.wgsl adds up.
// Uses: batches.
alias T = f32;
alias TOUT = f32;

const NO_BIAS: u32 = 0u;
const COLUMN_BIAS: u32 = 1u; // one value a column
const ROW_BIAS: u32 = 2u;
const BIAS: u32 = NO_BIAS;

// One dimension behind j and k: integer divisions are dear.
const FLAT_N: bool = false;
const FLAT_K: bool = false;

struct Product {
  tiles_m: u32,
  tiles_n: u32,
  splits: u32,
  k_slice: u32,
  batches: u32,
  a_first: u32,
  b_first: u32,
  c_first: u32,
  bias_batch: u32,
  split_size: u32, // elements of C for all batches
  batch_dims: vec4<u32>,
  a_batch: vec4<u32>,
  b_batch: vec4<u32>,
  c_batch: vec4<u32>,
}

// A workgroup's piece of the result.
struct ProductTile {
  row: u32, // in tiles
  column: u32,
  batch: u32,
  split: u32,
  place: vec4<u32>, // of the batch
  k_start: u32,
  k_end: u32,
}

fn product_tile(index: u32, k: u32, tiles: vec2<u32>, splits: u32, k_slice: u32, dims: vec4<u32>) -> ProductTile {
  let slab = index / (tiles.y * tiles.x); // batch · splits + split
  let batch = slab / splits;
  let k_start = slab % splits * k_slice;
  return ProductTile(
    index / tiles.y % tiles.x, index % tiles.y, batch, slab % splits, unravel_batch(batch, dims),
    k_start, min(k_start + k_slice, k),
  );
}

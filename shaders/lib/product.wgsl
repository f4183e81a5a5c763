// What all kernels of matrix products C = op(A) · op(B) have in common: for every batch, with an optional bias and
// ReLU; or, with splits > 1, the partial products of slices of K, which sum_partials.wgsl adds up.
// Uses: batches, grid.
alias T = f32;
alias TOUT = f32;

const NO_BIAS: u32 = 0u;
const COLUMN_BIAS: u32 = 1u; // one value per column
const ROW_BIAS: u32 = 2u;
const BIAS: u32 = NO_BIAS;

// Whether columns (N) or steps of K count one dimension only, for which no integer division is needed: those are slow.
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

// Which tile a workgroup has; there is none where its batch is beyond the last.
fn own_tile(product: Product, k: u32, group: Group) -> ProductTile {
  let index = group_index(group);
  let slab = index / (product.tiles_n * product.tiles_m); // batch · splits + split
  let batch = slab / product.splits;
  let split = slab % product.splits;
  let k_start = split * product.k_slice;
  return ProductTile(
    index / product.tiles_n % product.tiles_m, index % product.tiles_n, batch, split,
    unravel_batch(batch, product.batch_dims), k_start, min(k_start + product.k_slice, k),
  );
}

// Where a batch of each begins.
fn a_start(product: Product, own: ProductTile) -> u32 {
  return product.a_first + dot(own.place, product.a_batch);
}

fn b_start(product: Product, own: ProductTile) -> u32 {
  return product.b_first + dot(own.place, product.b_batch);
}

fn c_start(product: Product, own: ProductTile) -> u32 {
  return product.c_first + own.split * product.split_size + dot(own.place, product.c_batch);
}

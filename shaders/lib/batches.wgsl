// Batches of matrices, numbered over up to four dimensions.
const FLAT_BATCH: bool = false; // there is one dimension, for which no integer division is needed

// Coordinates of a batch.
fn unravel_batch(index: u32, dims: vec4<u32>) -> vec4<u32> {
  if (FLAT_BATCH) { return vec4<u32>(0u, 0u, 0u, index); }
  let w = index % dims.w;
  let z = (index / dims.w) % dims.z;
  let yx = index / (dims.w * dims.z);
  return vec4<u32>(yx / dims.y, yx % dims.y, z, w);
}

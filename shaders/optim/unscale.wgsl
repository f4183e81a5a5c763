// grad[i] /= scale, and found[0] = 1 when one of them is infinite or NaN: half-precision gradients
// overflowed (Micikevicius et al. 2017, https://arxiv.org/abs/1710.03740). Bandwidth-bound: a read
// and a write per element, coalesced.
// Uses: grid.
const EXPONENT: u32 = 0x7f800000u;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> scale: array<f32>;
@group(0) @binding(1) var<storage, read_write> grad: array<f32>;
@group(0) @binding(2) var<storage, read_write> found: array<atomic<u32>>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i < params.n) {
    let bits = bitcast<u32>(grad[i]); // by its bits: compilers may assume that floats are finite
    if ((bits & EXPONENT) == EXPONENT) {
      atomicStore(&found[0], 1u);
    }
    grad[i] = grad[i] / scale[0];
  }
}

// x[i] *= min(1, maxNorm / (norm + 1e-6)), the norm read from the GPU: as torch's clip_grad_norm_.
// Uses: grid.

struct Params {
  n: u32,
  max_norm: f32,
}

@group(0) @binding(0) var<storage, read> norm: array<f32>;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  x[i] *= min(1.0, params.max_norm / (norm[0] + 1e-6));
}

// p −= lr · ‖p‖ / ‖direction‖ · direction: LAMB's step, as long as a share of the tensor itself; without the quotient where
// either norm is 0. Bandwidth-bound: 2 reads and a write an element.
// Uses: grid.

struct Params {
  n: u32,
  lr: f32,
}

@group(0) @binding(0) var<storage, read> direction: array<f32>;
@group(0) @binding(1) var<storage, read> param_norm: array<f32>;
@group(0) @binding(2) var<storage, read> direction_norm: array<f32>;
@group(0) @binding(3) var<storage, read_write> param: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  var ratio = 1.0;
  if (param_norm[0] > 0.0 && direction_norm[0] > 0.0) {
    ratio = param_norm[0] / direction_norm[0];
  }
  param[i] -= params.lr * ratio * direction[i];
}

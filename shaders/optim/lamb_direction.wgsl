// Where LAMB (You et al. 2019, https://arxiv.org/abs/1904.00962) moves a tensor, before its layer's norms scale it:
// direction = m·x / (√v·y + eps) + decay·p, with Adam's averages m and v and bias corrections (x, y).
// state = [m | v], each section of the tensor's size. Bandwidth-bound: 4 reads and 3 writes an element.
// Uses: grid.

struct Params {
  n: u32,
  beta1: f32,
  beta2: f32,
  eps: f32,
  weight_decay: f32,
  correction: vec2<f32>,
}

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> param: array<f32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
@group(0) @binding(3) var<storage, read_write> direction: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let g = grad[i];
  let m = params.beta1 * state[i] + (1.0 - params.beta1) * g;
  let v = params.beta2 * state[i + params.n] + (1.0 - params.beta2) * g * g;
  state[i] = m;
  state[i + params.n] = v;
  let adam = m * params.correction.x / (sqrt(v) * params.correction.y + params.eps);
  direction[i] = adam + params.weight_decay * param[i];
}

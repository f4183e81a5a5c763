// Optimizers that differ in a line or two, over two tensors a dispatch, as torch.optim has them. What they keep of a tensor:
//   MOMENTS  m and v, averages of g and g² as in Adam; p −= lr·(x·m + y·g) / (√v·z + eps), or without the division where w
//            is 0. NAdam (Dozat 2016) and RAdam (Liu et al. 2019, https://arxiv.org/abs/1908.03265) choose x, y, z, w.
//   SQUARES  Σ g²; p −= lr·g / (√(z + Σ g²) + eps): Adagrad (Duchi et al. 2011). lr is divided by 1 + y·(steps before), x of
//            which are counted, skipped ones included.
//   SIGN     m; p −= lr·(sign(β1·m + (1 − β1)·g) + decay·p), then m = β2·m + (1 − β2)·g: Lion (Chen et al. 2023,
//            https://arxiv.org/abs/2302.06675).
// Weight decay is added to the gradient but for SIGN. state = [m or Σ g² | v], each section of the tensor's size.
// Bandwidth-bound: 3 or 4 reads and 2 or 3 writes an element, four elements a thread where sizes allow.
// Uses: grid, two_tensors.
const MOMENTS: u32 = 0u;
const SQUARES: u32 = 1u;
const SIGN: u32 = 2u;
const RULE: u32 = MOMENTS;

struct Params {
  n0: u32,
  n1: u32,
  lr: f32,
  beta1: f32,
  beta2: f32,
  eps: f32,
  weight_decay: f32,
  first: vec4<f32>, // (x, y, z, w) of the first tensor
  second: vec4<f32>,
}

@group(0) @binding(7) var<uniform> params: Params;

struct Element {
  p: T,
  g: T,
  a: T, // of the first section
  b: T, // of the second
}

fn updated(old: Element, c: vec4<f32>) -> Element {
  var next = old;
  if (RULE == SIGN) {
    let direction = sign(params.beta1 * old.a + (1.0 - params.beta1) * old.g);
    next.p -= params.lr * (direction + params.weight_decay * old.p);
    next.a = params.beta2 * old.a + (1.0 - params.beta2) * old.g;
    return next;
  }
  let g = old.g + params.weight_decay * old.p;
  if (RULE == SQUARES) {
    next.a += g * g;
    let lr = params.lr / (1.0 + c.y * (c.x - f32(skipped_steps())));
    next.p -= lr * g / (sqrt(c.z + next.a) + params.eps);
    return next;
  }
  next.a = params.beta1 * old.a + (1.0 - params.beta1) * g;
  next.b = params.beta2 * old.b + (1.0 - params.beta2) * g * g;
  let step = c.x * next.a + c.y * g;
  next.p -= params.lr * select(step, step / (sqrt(next.b) * c.z + params.eps), c.w != 0.0);
  return next;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  if (is_skipped()) { return; }
  let i = linear_index(thread);
  if (i < params.n0) {
    var old = Element(param0[i], grad0[i], state0[i], T());
    if (RULE == MOMENTS) { old.b = state0[i + params.n0]; }
    let next = updated(old, params.first);
    param0[i] = next.p;
    state0[i] = next.a;
    if (RULE == MOMENTS) { state0[i + params.n0] = next.b; }
  } else if (TWO && i - params.n0 < params.n1) {
    let j = i - params.n0;
    var old = Element(param1[j], grad1[j], state1[j], T());
    if (RULE == MOMENTS) { old.b = state1[j + params.n1]; }
    let next = updated(old, params.second);
    param1[j] = next.p;
    state1[j] = next.a;
    if (RULE == MOMENTS) { state1[j + params.n1] = next.b; }
  }
}

// SGD with momentum, Nesterov, dampening and weight decay, over two tensors a dispatch.
// The update is torch.optim.SGD's: d = g + wd·p; buf = μ·buf + (1 − τ)·d (buf = d at the first
// step); d = nesterov ? d + μ·buf : buf; p −= lr·d. state = [buf], unused without momentum.
// Bandwidth-bound: 3 reads and 2 writes per element, four elements per thread where sizes allow.
// Uses: grid, two_tensors.
const MOMENTUM: bool = true;
const NESTEROV: bool = false;

struct Params {
  n0: u32,
  n1: u32,
  step0: u32, // counted from 1
  step1: u32,
  lr: f32,
  momentum: f32,
  dampening: f32,
  weight_decay: f32,
}

@group(0) @binding(7) var<uniform> params: Params;

struct Step {
  direction: T,
  momentum: T,
}

fn direction(p: T, g: T, buffer: T, step: u32) -> Step {
  let d = g + params.weight_decay * p;
  if (!MOMENTUM) {
    return Step(d, T());
  }
  let first = step == 1u + skipped_steps();
  let next = select(params.momentum * buffer + (1.0 - params.dampening) * d, d, first);
  return Step(select(next, d + params.momentum * next, NESTEROV), next);
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  if (is_skipped()) { return; }
  let i = linear_index(thread);
  if (i < params.n0) {
    var buffer = T();
    if (MOMENTUM) {
      buffer = state0[i];
    }
    let p = param0[i];
    let step = direction(p, grad0[i], buffer, params.step0);
    param0[i] = p - params.lr * step.direction;
    if (MOMENTUM) {
      state0[i] = step.momentum;
    }
  } else if (TWO && i - params.n0 < params.n1) {
    let j = i - params.n0;
    var buffer = T();
    if (MOMENTUM) {
      buffer = state1[j];
    }
    let p = param1[j];
    let step = direction(p, grad1[j], buffer, params.step1);
    param1[j] = p - params.lr * step.direction;
    if (MOMENTUM) {
      state1[j] = step.momentum;
    }
  }
}

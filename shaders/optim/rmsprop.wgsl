// RMSprop (Hinton, Coursera lecture 6e), as torch.optim.RMSprop: plain, centered (Graves 2013,
// https://arxiv.org/abs/1308.0850) and with momentum, over two tensors a dispatch.
// s = α·s + (1 − α)·g²; centered: a = α·a + (1 − α)·g and the denominator is √(s − a²) + eps.
// state = [s | buf | a], each section of the tensor's size, as far as they are used. Bandwidth-bound.
// Uses: grid, two_tensors.
const MOMENTUM: bool = false;
const CENTERED: bool = false;

struct Params {
  n0: u32,
  n1: u32,
  lr: f32,
  alpha: f32,
  eps: f32,
  momentum: f32,
  weight_decay: f32,
}

@group(0) @binding(7) var<uniform> params: Params;

// (parameter, s, buf, a) → the same after the step.
struct State {
  p: T,
  square: T,
  buffer: T,
  mean: T,
}

fn update(old: State, g_raw: T) -> State {
  let g = g_raw + params.weight_decay * old.p;
  let s = params.alpha * old.square + (1.0 - params.alpha) * g * g;
  let a = params.alpha * old.mean + (1.0 - params.alpha) * g;
  var variance = s;
  if (CENTERED) {
    variance = s - a * a;
  }
  let step = g / (sqrt(variance) + params.eps);
  if (!MOMENTUM) {
    return State(old.p - params.lr * step, s, T(), a);
  }
  let buffer = params.momentum * old.buffer + step;
  return State(old.p - params.lr * buffer, s, buffer, a);
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  if (is_skipped()) { return; }
  let i = linear_index(thread);
  let n0 = params.n0;
  let n1 = params.n1;
  if (i < n0) {
    var old = State(param0[i], state0[i], T(), T());
    if (MOMENTUM) {
      old.buffer = state0[i + n0];
    }
    if (CENTERED) {
      old.mean = state0[i + 2u * n0];
    }
    let next = update(old, grad0[i]);
    param0[i] = next.p;
    state0[i] = next.square;
    if (MOMENTUM) {
      state0[i + n0] = next.buffer;
    }
    if (CENTERED) {
      state0[i + 2u * n0] = next.mean;
    }
  } else if (TWO && i - n0 < n1) {
    let j = i - n0;
    var old = State(param1[j], state1[j], T(), T());
    if (MOMENTUM) {
      old.buffer = state1[j + n1];
    }
    if (CENTERED) {
      old.mean = state1[j + 2u * n1];
    }
    let next = update(old, grad1[j]);
    param1[j] = next.p;
    state1[j] = next.square;
    if (MOMENTUM) {
      state1[j + n1] = next.buffer;
    }
    if (CENTERED) {
      state1[j + 2u * n1] = next.mean;
    }
  }
}

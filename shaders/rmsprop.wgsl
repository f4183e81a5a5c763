// RMSprop (Hinton, Coursera lecture 6e), as torch.optim.RMSprop: plain, centered (Graves 2013,
// https://arxiv.org/abs/1308.0850) and with momentum, over two tensors a dispatch.
// s = α·s + (1 − α)·g²; centered: a = α·a + (1 − α)·g and the denominator is √(s − a²) + eps.
// state = [s | buf | a], each section of the tensor's size, as far as they are used. Bandwidth-bound.
const WORKGROUP: u32 = 64u;
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

@group(0) @binding(0) var<storage, read> grad0: array<f32>;
@group(0) @binding(1) var<storage, read> grad1: array<f32>;
@group(0) @binding(2) var<storage, read_write> param0: array<f32>;
@group(0) @binding(3) var<storage, read_write> param1: array<f32>;
@group(0) @binding(4) var<storage, read_write> state0: array<f32>;
@group(0) @binding(5) var<storage, read_write> state1: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// (parameter, s, buf, a) → the same after the step.
fn update(old: vec4<f32>, g_raw: f32) -> vec4<f32> {
  let g = g_raw + params.weight_decay * old.x;
  let s = params.alpha * old.y + (1.0 - params.alpha) * g * g;
  let a = params.alpha * old.w + (1.0 - params.alpha) * g;
  var variance = s;
  if (CENTERED) {
    variance = s - a * a;
  }
  let step = g / (sqrt(variance) + params.eps);
  if (!MOMENTUM) {
    return vec4(old.x - params.lr * step, s, 0.0, a);
  }
  let buffer = params.momentum * old.z + step;
  return vec4(old.x - params.lr * buffer, s, buffer, a);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = gid.x + gid.y * groups.x * WORKGROUP;
  let n0 = params.n0;
  let n1 = params.n1;
  if (i < n0) {
    var old = vec4(param0[i], state0[i], 0.0, 0.0);
    if (MOMENTUM) {
      old.z = state0[i + n0];
    }
    if (CENTERED) {
      old.w = state0[i + 2u * n0];
    }
    let next = update(old, grad0[i]);
    param0[i] = next.x;
    state0[i] = next.y;
    if (MOMENTUM) {
      state0[i + n0] = next.z;
    }
    if (CENTERED) {
      state0[i + 2u * n0] = next.w;
    }
  } else if (i - n0 < n1) {
    let j = i - n0;
    var old = vec4(param1[j], state1[j], 0.0, 0.0);
    if (MOMENTUM) {
      old.z = state1[j + n1];
    }
    if (CENTERED) {
      old.w = state1[j + 2u * n1];
    }
    let next = update(old, grad1[j]);
    param1[j] = next.x;
    state1[j] = next.y;
    if (MOMENTUM) {
      state1[j + n1] = next.z;
    }
    if (CENTERED) {
      state1[j + 2u * n1] = next.w;
    }
  }
}

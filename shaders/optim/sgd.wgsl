// SGD with momentum, Nesterov, dampening and weight decay, over two tensors a dispatch.
// The update is torch.optim.SGD's: d = g + wd·p; buf = μ·buf + (1 − τ)·d (buf = d at the first
// step); d = nesterov ? d + μ·buf : buf; p −= lr·d. state = [buf], unused without momentum.
// Bandwidth-bound: 3 reads and 2 writes an element, four elements a thread where sizes allow.
// T is f32, or vec4<f32> with all counts in fours.
// Uses: grid.
alias T = f32;
// Do nothing where guard[0] tells of an overflow; of the steps counted, guard[1] were skipped.
const GUARDED: bool = false;
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

@group(0) @binding(0) var<storage, read> grad0: array<T>;
@group(0) @binding(1) var<storage, read> grad1: array<T>;
@group(0) @binding(2) var<storage, read> guard: array<u32>; // bound to grad0 unless GUARDED
@group(0) @binding(3) var<storage, read_write> param0: array<T>;
@group(0) @binding(4) var<storage, read_write> param1: array<T>;
@group(0) @binding(5) var<storage, read_write> state0: array<T>;
@group(0) @binding(6) var<storage, read_write> state1: array<T>;
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
  var first = step == 1u;
  if (GUARDED) {
    first = step == 1u + guard[1];
  }
  let next = select(params.momentum * buffer + (1.0 - params.dampening) * d, d, first);
  return Step(select(next, d + params.momentum * next, NESTEROV), next);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  if (GUARDED && guard[0] != 0u) { return; }
  let i = linear_index(gid, groups);
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
  } else if (i - params.n0 < params.n1) {
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

// Adam (Kingma & Ba 2014, https://arxiv.org/abs/1412.6980), AdamW (Loshchilov & Hutter 2017,
// https://arxiv.org/abs/1711.05101) and AMSGrad, over two tensors a dispatch, as torch.optim does:
// eps is added after bias correction. state = [m | v | max v], each section of the tensor's size.
// correction = (1 / (1 − β1ᵗ), 1 / √(1 − β2ᵗ)), one pair a tensor: (x0, y0, x1, y1); when GUARDED,
// (t0, t1, ln β1, ln β2), since only the GPU knows how many of the t steps were skipped.
// Bandwidth-bound: 4 reads and 3 writes per element, four elements per thread where sizes allow.
// Uses: grid, two_tensors.
const DECOUPLED: bool = false;
const AMSGRAD: bool = false;

struct Params {
  n0: u32,
  n1: u32,
  lr: f32,
  beta1: f32,
  beta2: f32,
  eps: f32,
  weight_decay: f32,
  correction: vec4<f32>,
}

@group(0) @binding(7) var<uniform> params: Params;

struct Update {
  p: T,
  m: T,
  v: T,
  peak: T,
}

fn update(p_old: T, g_raw: T, m_old: T, v_old: T, peak_old: T, correction: vec2<f32>) -> Update {
  var p = p_old;
  var g = g_raw;
  if (DECOUPLED) {
    p *= 1.0 - params.lr * params.weight_decay;
  } else {
    g += params.weight_decay * p;
  }
  let m = params.beta1 * m_old + (1.0 - params.beta1) * g;
  let v = params.beta2 * v_old + (1.0 - params.beta2) * g * g;
  let peak = max(peak_old, v);
  let denominator = sqrt(select(v, peak, AMSGRAD)) * correction.y + params.eps;
  return Update(p - params.lr * correction.x * m / denominator, m, v, peak);
}

// 1 − eˣ for x ≤ 0, without losing digits near 0.
fn one_minus_exp(x: f32) -> f32 {
  let series = x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0)))));
  return select(1.0 - exp(x), -series, x > -0.3);
}

// The bias corrections of the first or second tensor.
fn correction(second: bool) -> vec2<f32> {
  let given = params.correction;
  if (!GUARDED) {
    return select(given.xy, given.zw, second);
  }
  let t = select(given.x, given.y, second) - f32(skipped_steps());
  return vec2(1.0 / one_minus_exp(t * given.z), inverseSqrt(one_minus_exp(t * given.w)));
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  if (is_skipped()) { return; }
  let i = linear_index(thread);
  let n0 = params.n0;
  let n1 = params.n1;
  if (i < n0) {
    var peak = T();
    if (AMSGRAD) {
      peak = state0[i + 2u * n0];
    }
    let u = update(param0[i], grad0[i], state0[i], state0[i + n0], peak, correction(false));
    param0[i] = u.p;
    state0[i] = u.m;
    state0[i + n0] = u.v;
    if (AMSGRAD) {
      state0[i + 2u * n0] = u.peak;
    }
  } else if (TWO && i - n0 < n1) {
    let j = i - n0;
    var peak = T();
    if (AMSGRAD) {
      peak = state1[j + 2u * n1];
    }
    let u = update(param1[j], grad1[j], state1[j], state1[j + n1], peak, correction(true));
    param1[j] = u.p;
    state1[j] = u.m;
    state1[j + n1] = u.v;
    if (AMSGRAD) {
      state1[j + 2u * n1] = u.peak;
    }
  }
}

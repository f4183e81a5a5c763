// out[a, b] = Σ over s of parts[a, s, b], plus a bias and ReLU if wanted: the last stage of a split reduction.
// With shares > 1 each output is out[a, t, b], the sum over the t-th stretch of `share` values of s.
// The order of the sum is fixed, so the same input gives the same bits.
// One thread per output; neighbouring threads read neighbouring addresses where inner > 1. Bandwidth-bound.
// Uses: activate, grid.
alias T = f32;
alias TOUT = f32;
const BIAS: bool = false; // bias[i / step % channels]

struct Params {
  n: u32,
  count: u32,
  inner: u32,
  step: u32,
  channels: u32,
  shares: u32,
  share: u32,
}

@group(0) @binding(0) var<storage, read> parts: array<T>;
@group(0) @binding(1) var<storage, read> bias: array<TOUT>;
@group(0) @binding(2) var<storage, read_write> out: array<TOUT>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let t = i / params.inner % params.shares;
  let a = i / params.inner / params.shares;
  let begin = t * params.share;
  let end = min(begin + params.share, params.count);
  var at = (a * params.count + begin) * params.inner + i % params.inner;
  var sum = 0.0;
  for (var s = begin; s < end; s++) {
    sum += f32(parts[at]);
    at += params.inner;
  }
  if (BIAS) {
    sum += f32(bias[i / params.step % params.channels]);
  }
  out[i] = TOUT(activate(sum));
}

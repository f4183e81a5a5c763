// out = x / base^beta with base = k + alpha · Σ x² over a window of channels, for x [batch, channels, inner].
// Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural networks".
// One thread per element, neighbours side by side; a window's values come from the cache. Bandwidth-bound: a read and a write,
// two where the bases are kept for the gradient (KEEP).
// Uses: channel_window, grid.
const KEEP: bool = true;

struct Params {
  window: ChannelWindow,
  alpha: f32,
  beta: f32,
  k: f32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> bases: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  let w = params.window;
  if (i >= w.n) { return; }
  let near = neighbours(i, w.before, w.after, w);
  var sum = 0.0;
  for (var at = near.first; at <= near.last; at += w.inner) {
    let v = f32(x[at]);
    sum += v * v;
  }
  let base = params.k + params.alpha * sum;
  if (KEEP) { bases[i] = base; }
  out[i] = T(f32(x[i]) * pow(base, -params.beta));
}

// The gradient before a smooth function f that followed a normalisation of x [batch, channels, inner]:
//   out = dy · f'((x − mean) · scale · weight + bias)
// Of running statistics (VARIANCE) the scale is 1 / sqrt(spread + eps), of a batch's it lies behind the means.
// One thread per element, neighbours side by side. Bandwidth-bound: two reads and a write per element.
// Uses: before_smooth, grid.
const VARIANCE: bool = false;

struct Params {
  n: u32,
  channels: u32,
  inner: u32,
  eps: f32,
}

@group(0) @binding(5) var<storage, read> spread: array<f32>;
@group(0) @binding(6) var<storage, read_write> out: array<T>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let c = i / params.inner % params.channels;
  var scale = 0.0;
  if (VARIANCE) {
    scale = 1.0 / sqrt(spread[c] + params.eps);
  } else {
    scale = mean[params.channels + c];
  }
  out[i] = T(gradient_at(i, c, scale));
}

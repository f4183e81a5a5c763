// Input gradient of a depthwise convolution (one input channel per group), any stride, padding and dilation:
//   dx[n, c, y, x] = Σ over o of group c, i, j of w[o, 0, i, j] · dy[n, o, (y + top − i·dh) / sh, (x + left − j·dw) / sw]
// over the taps for which both divisions leave no remainder. Without dilation these are a stride apart, and the loop
// steps from one to the next: nothing is spent on inserted zeros.
//
// dy is [N, O, OH, OW], dx is [N, C, H, W]. One thread per pixel; neighbouring lanes own neighbouring pixels.
// Intensity: 2 operations for 2 loads, which the cache serves. Bandwidth-bound.
// Uses: depthwise, grid, planes, window.
alias T = f32;

struct Params {
  window: Window,
  sizes: Depthwise,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  if (index >= params.sizes.batch * params.sizes.channels * params.window.in_h * params.window.in_w) { return; }
  let pixel = pixel_of(index, params.window.in_h, params.window.in_w); // its plane is (n, c)
  let o0 = pixel.plane % params.sizes.channels * params.sizes.multiplier;
  let n = pixel.plane / params.sizes.channels;
  let y = pixel.y + params.window.pad_top;
  let x = pixel.x + params.window.pad_left;
  let out_w = params.window.out_w;
  let out_area = params.window.out_h * out_w;
  let taps = params.window.kernel_h * params.window.kernel_w;
  let rows = taps_on(y, params.window.stride_h, params.window.dilation_h);
  let columns = taps_on(x, params.window.stride_w, params.window.dilation_w);
  var sum = 0.0;
  for (var i = rows.first; i < params.window.kernel_h; i += rows.step) {
    let oy = window_on(y, i, params.window.stride_h, params.window.dilation_h, params.window.out_h);
    if (oy == NO_WINDOW) { continue; }
    for (var j = columns.first; j < params.window.kernel_w; j += columns.step) {
      let ox = window_on(x, j, params.window.stride_w, params.window.dilation_w, out_w);
      if (ox == NO_WINDOW) { continue; }
      for (var o = o0; o < o0 + params.sizes.multiplier; o++) {
        let w = f32(weight[o * taps + i * params.window.kernel_w + j]);
        sum += w * f32(dy[(n * params.sizes.out_channels + o) * out_area + oy * out_w + ox]);
      }
    }
  }
  dx[index] = T(sum);
}

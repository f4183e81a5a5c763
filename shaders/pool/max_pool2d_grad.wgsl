// Gradient of max pooling: dx[p] = sum of dy over the windows whose maximum was p.
// Gathers per input element over the windows that cover it, so it is deterministic and needs no
// atomics: one window when stride = kernel, ceil(kernel / stride)² otherwise.
// One thread per input element, neighbours side by side in the row. Bandwidth-bound.
// Uses: grid, max_pool_gradient, planes, window.

struct Params {
  window: Window,
  n: u32,
}

@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let p = pixel_of(i, params.window.in_h, params.window.in_w);
  let plane = p.plane * params.window.out_h * params.window.out_w;
  let position = p.y * params.window.in_w + p.x;
  let h = p.y + params.window.pad_top;
  let w = p.x + params.window.pad_left;
  let reach_h = params.window.dilation_h * (params.window.kernel_h - 1u);
  let reach_w = params.window.dilation_w * (params.window.kernel_w - 1u);
  let end_h = end_window(h, params.window.stride_h, params.window.out_h);
  let end_w = end_window(w, params.window.stride_w, params.window.out_w);
  var sum = 0.0;
  for (var oh = first_window(h, reach_h, params.window.stride_h); oh < end_h; oh++) {
    for (var ow = first_window(w, reach_w, params.window.stride_w); ow < end_w; ow++) {
      sum += gradient_for(position, plane + oh * params.window.out_w + ow);
    }
  }
  dx[i] = T(sum);
}

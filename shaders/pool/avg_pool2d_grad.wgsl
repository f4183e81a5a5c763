// Gradient of average pooling: dx[p] = Σ dy / count over the windows that cover p; counts as in
// avg_pool2d.wgsl. Gathers per input element, so it is deterministic and needs no atomics.
// One thread per input element, neighbours side by side in the row. Bandwidth-bound.
// Uses: grid, planes, pool_count, window.
alias T = f32;

struct Params {
  window: Window,
  n: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read_write> dx: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let p = pixel_of(i, params.window.in_h, params.window.in_w);
  let plane = p.plane * params.window.out_h * params.window.out_w;
  let h = p.y + params.window.pad_top;
  let w = p.x + params.window.pad_left;
  let end_h = end_window(h, params.window.stride_h, params.window.out_h);
  let end_w = end_window(w, params.window.stride_w, params.window.out_w);
  var sum = 0.0;
  for (var oh = first_window(h, params.window.kernel_h - 1u, params.window.stride_h); oh < end_h; oh++) {
    let top = window_start(oh, params.window.stride_h, params.window.pad_top);
    let rows = counted(top, params.window.kernel_h, params.window.in_h, params.window.pad_bottom);
    for (var ow = first_window(w, params.window.kernel_w - 1u, params.window.stride_w); ow < end_w; ow++) {
      let left = window_start(ow, params.window.stride_w, params.window.pad_left);
      let columns = counted(left, params.window.kernel_w, params.window.in_w, params.window.pad_right);
      sum += f32(dy[plane + oh * params.window.out_w + ow]) / f32(rows * columns);
    }
  }
  dx[i] = T(sum);
}

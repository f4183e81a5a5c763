// Average pooling of planes [planes, in_h, in_w] → [planes, out_h, out_w].
// The sum of a window is divided by the positions of it that lie inside the padded input
// (COUNT_PADDING, PyTorch's count_include_pad) or inside the input itself.
// One thread per output element, neighbours side by side in the row. Bandwidth-bound: kernel_h · kernel_w
// reads (shared with neighbouring windows in the cache) and one write per element.
// Uses: grid, planes, pool_count, window.
alias T = f32;

struct Params {
  window: Window,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let o = pixel_of(i, params.window.out_h, params.window.out_w);
  let in_h = i32(params.window.in_h);
  let in_w = i32(params.window.in_w);
  let plane = i32(o.plane) * in_h * in_w;
  let top = window_start(o.y, params.window.stride_h, params.window.pad_top);
  let left = window_start(o.x, params.window.stride_w, params.window.pad_left);
  let end_h = min(top + i32(params.window.kernel_h), in_h);
  let end_w = min(left + i32(params.window.kernel_w), in_w);
  var sum = 0.0;
  for (var h = max(top, 0); h < end_h; h++) {
    for (var w = max(left, 0); w < end_w; w++) {
      sum += f32(x[plane + h * in_w + w]);
    }
  }
  let rows = counted(top, params.window.kernel_h, params.window.in_h, params.window.pad_bottom);
  let columns = counted(left, params.window.kernel_w, params.window.in_w, params.window.pad_right);
  out[i] = T(sum / f32(max(1, rows * columns)));
}

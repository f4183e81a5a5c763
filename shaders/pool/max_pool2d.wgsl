// Max pooling of planes [planes, in_h, in_w] → [planes, out_h, out_w]; padding never wins.
// `indices` gets the position (row · in_w + column) of each maximum in its plane: the first of equal
// ones, or the last NaN, as in PyTorch; −1 where x is RECTIFIED (a ReLU's result) and it is 0, so that no
// gradient goes there. Without INDICES it is not written.
// One thread an output element, neighbours side by side in the row. Bandwidth-bound: kernel_h · kernel_w
// reads (shared with neighbouring windows in the cache) and two writes per element; ~12 registers.
// Uses: grid, nan, planes, window.
alias T = f32;
const KERNEL_H: u32 = 2u;
const KERNEL_W: u32 = 2u;
const INDICES: bool = true;
const RECTIFIED: bool = false;

struct Params {
  window: Window,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<storage, read_write> indices: array<i32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let in_h = i32(params.window.in_h);
  let in_w = i32(params.window.in_w);
  let o = pixel_of(i, params.window.out_h, params.window.out_w);
  let left = window_start(o.x, params.window.stride_w, params.window.pad_left);
  let plane = i32(o.plane) * in_h * in_w;
  var best = -0x1.fffffep127f;
  var at = -1;
  // One loop rather than two: software adapters run each loop's body once more than it is asked.
  var h = window_start(o.y, params.window.stride_h, params.window.pad_top);
  var w = left;
  var kw = 0u;
  for (var k = 0u; k < KERNEL_H * KERNEL_W; k++) {
    if (h >= 0 && h < in_h && w >= 0 && w < in_w) {
      let position = h * in_w + w;
      let v = f32(x[plane + position]);
      if (at < 0 || v > best || is_nan(v)) {
        best = v;
        at = position;
      }
    }
    kw++;
    w += i32(params.window.dilation_w);
    if (kw == KERNEL_W) {
      kw = 0u;
      w = left;
      h += i32(params.window.dilation_h);
    }
  }
  out[i] = T(best);
  if (INDICES) {
    indices[i] = select(at, -1, RECTIFIED && best <= 0.0);
  }
}

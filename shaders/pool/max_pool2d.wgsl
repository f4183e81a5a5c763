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
const INSIDE: bool = false; // no window reaches beyond the plane

struct Params {
  window: Window,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<storage, read_write> indices: array<i32>;
@group(0) @binding(3) var<uniform> params: Params;

struct Best {
  value: f32,
  at: i32,
}

// The better of `best` and the pixel at row h, column w of a plane that begins at `plane`.
fn better(best: Best, plane: i32, h: i32, w: i32) -> Best {
  let in_h = i32(params.window.in_h);
  let in_w = i32(params.window.in_w);
  let is_inside = INSIDE || (h >= 0 && h < in_h && w >= 0 && w < in_w);
  let at = h * in_w + w;
  let value = f32(x[select(0, plane + at, is_inside)]);
  let is_better = is_inside && (best.at < 0 || value > best.value || is_nan(value));
  return Best(select(best.value, value, is_better), select(best.at, at, is_better));
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let o = pixel_of(i, params.window.out_h, params.window.out_w);
  let plane = i32(o.plane * params.window.in_h * params.window.in_w);
  let left = window_start(o.x, params.window.stride_w, params.window.pad_left);
  let down = i32(params.window.dilation_h);
  let right = i32(params.window.dilation_w);
  var h = window_start(o.y, params.window.stride_h, params.window.pad_top);
  var best = Best(-0x1.fffffep127f, -1);
  if (KERNEL_H == 2 && KERNEL_W == 2) {
    best = better(best, plane, h, left);
    best = better(best, plane, h, left + right);
    best = better(best, plane, h + down, left);
    best = better(best, plane, h + down, left + right);
  } else {
    // One loop rather than two: software adapters run each loop's body once more than it is asked.
    var w = left;
    var kw = 0u;
    for (var k = 0u; k < KERNEL_H * KERNEL_W; k++) {
      best = better(best, plane, h, w);
      kw++;
      w += right;
      if (kw == KERNEL_W) {
        kw = 0u;
        w = left;
        h += down;
      }
    }
  }
  out[i] = T(best.value);
  if (INDICES) {
    indices[i] = select(best.at, -1, RECTIFIED && best.value <= 0.0);
  }
}

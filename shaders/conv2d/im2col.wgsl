// cols[(c, i, j), p] = x[n, c, y·sh − top + i·dh, x·sw − left + j·dw] for output pixel p = (n, y, x), 0 outside:
// turns a convolution into a matrix product. Any stride, padding and dilation; a chunk of images from `first` on.
//
// x is [N, C, H, W]. One thread per output pixel and channel, all taps; neighbouring lanes own neighbouring pixels,
// so that cols is written coalesced and x read so at stride 1. Bandwidth-bound.
// Uses: grid, planes, window.
alias T = f32;

struct Params {
  window: Window,
  channels: u32,
  pixels: u32, // in the chunk
  first: u32, // image
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> cols: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  if (index >= params.channels * params.pixels) { return; }
  let p = index % params.pixels;
  let c = index / params.pixels;
  let o = pixel_of(p, params.window.out_h, params.window.out_w); // its plane is an image
  let in_h = params.window.in_h;
  let in_w = params.window.in_w;
  let base = ((params.first + o.plane) * params.channels + c) * in_h * in_w;
  let top = window_start(o.y, params.window.stride_h, params.window.pad_top);
  let left = window_start(o.x, params.window.stride_w, params.window.pad_left);
  var at = c * params.window.kernel_h * params.window.kernel_w * params.pixels + p;
  for (var i = 0u; i < params.window.kernel_h; i++) {
    let y = top + i32(i * params.window.dilation_h);
    let row_inside = y >= 0 && y < i32(in_h);
    let row = base + u32(select(0, y, row_inside)) * in_w;
    for (var j = 0u; j < params.window.kernel_w; j++) {
      let column = left + i32(j * params.window.dilation_w);
      let inside = row_inside && column >= 0 && column < i32(in_w);
      cols[at] = select(T(0.0), x[row + u32(max(column, 0))], inside);
      at += params.pixels;
    }
  }
}

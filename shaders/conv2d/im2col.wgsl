// cols[(c, i, j), p] = x[n, c, y·sh − top + i·dh, x·sw − left + j·dw] for output pixel p = (n, y, x), 0 outside: turns a
// convolution into a matrix product. Any stride, padding and dilation; a chunk of images from `first` on.
//
// x is [N, C, H, W]. One thread an output pixel and channel, all taps; neighbouring lanes own neighbouring pixels, so
// that cols is written coalesced and x read so at stride 1. Bandwidth-bound.
// Uses: grid.
alias T = f32;

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  pixels: u32, // in the chunk
  first: u32, // image
  kernel: vec2<u32>,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<i32>, // top, left
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> cols: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  if (index >= params.channels * params.pixels) { return; }
  let p = index % params.pixels;
  let c = index / params.pixels;
  let area = params.out_height * params.out_width;
  let base = ((params.first + p / area) * params.channels + c) * params.height * params.width;
  let top = i32(p % area / params.out_width * params.stride.x) - params.pad.x;
  let left = i32(p % params.out_width * params.stride.y) - params.pad.y;
  var at = c * params.kernel.x * params.kernel.y * params.pixels + p;
  for (var i = 0u; i < params.kernel.x; i++) {
    let y = top + i32(i * params.dilation.x);
    let row_inside = y >= 0 && y < i32(params.height);
    let row = base + u32(select(0, y, row_inside)) * params.width;
    for (var j = 0u; j < params.kernel.y; j++) {
      let column = left + i32(j * params.dilation.y);
      let inside = row_inside && column >= 0 && column < i32(params.width);
      cols[at] = select(T(0.0), x[row + u32(max(column, 0))], inside);
      at += params.pixels;
    }
  }
}

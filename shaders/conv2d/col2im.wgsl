// dx[n, c, y, x] = Σ over taps (i, j) of cols[(c, i, j), p], p being the output pixel whose tap falls on (y, x): the
// transpose of im2col.wgsl, last step of a convolution's input gradient.
//
// With stride s only every s-th tap can fall on a pixel: the loop steps from one to the next, so that nothing is spent
// on the zeros that a transposed convolution would insert. dx is [N, C, H, W]; a chunk of images from `first` on.
// One thread per pixel; neighbouring lanes own neighbouring pixels. Bandwidth-bound.
// Uses: grid, planes, window.
alias T = f32;

struct Params {
  window: Window,
  channels: u32,
  images: u32, // in the chunk
  first: u32, // image
}

@group(0) @binding(0) var<storage, read> cols: array<T>;
@group(0) @binding(1) var<storage, read_write> dx: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  let area = params.window.in_h * params.window.in_w;
  if (index >= params.images * params.channels * area) { return; }
  let pixel = pixel_of(index, params.window.in_h, params.window.in_w); // its plane is (n, c)
  let c = pixel.plane % params.channels;
  let n = pixel.plane / params.channels;
  let y = pixel.y + params.window.pad_top;
  let x = pixel.x + params.window.pad_left;
  let out_w = params.window.out_w;
  let out_area = params.window.out_h * out_w;
  let rows = taps_on(y, params.window.stride_h, params.window.dilation_h);
  let columns = taps_on(x, params.window.stride_w, params.window.dilation_w);
  var sum = 0.0;
  for (var i = rows.first; i < params.window.kernel_h; i += rows.step) {
    let oy = window_on(y, i, params.window.stride_h, params.window.dilation_h, params.window.out_h);
    if (oy == NO_WINDOW) { continue; }
    for (var j = columns.first; j < params.window.kernel_w; j += columns.step) {
      let ox = window_on(x, j, params.window.stride_w, params.window.dilation_w, out_w);
      if (ox == NO_WINDOW) { continue; }
      let tap = (c * params.window.kernel_h + i) * params.window.kernel_w + j;
      sum += f32(cols[(tap * params.images + n) * out_area + oy * out_w + ox]);
    }
  }
  dx[params.first * params.channels * area + index] = T(sum);
}

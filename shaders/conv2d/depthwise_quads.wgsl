// Depthwise convolution (each channel for itself) or its input gradient, on GPUs:
//   out[n, c, y, x] = Σ over i, j of w[c, 0, i, j] · in[n, c, y·sh − top + i·dh, x·sw − left + j·dw]
//   dx[n, c, y, x] = Σ over i, j of w[c, 0, i, j] · dy[n, c, (y + top − i·dh) / sh, (x + left − j·dw) / sw]
// where the divisions leave no remainder. `x` is what is read: the input, or dy. ROWS and 4 are multiples of the
// strides, so which taps fall on a pixel doesn't depend on the thread. Bandwidth-bound.
// Uses: depthwise_quads, finish, grid, planes.
const INPUT_GRADIENT: bool = false;

struct Params {
  planes: Planes, // in_… of what is read
  channels: u32,
  batch: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<T>;
@group(0) @binding(5) var<uniform> params: Params;

// Where the thread's pixels see from, and from there to what a tap sees of pixel `own`; below zero it wraps round.
fn view(first: u32, stride: u32) -> u32 {
  if (INPUT_GRADIENT) { return first / stride; }
  return first * stride;
}

fn seen(own: u32, tap: u32, stride: u32, dilation: u32, pad: u32) -> u32 {
  if (INPUT_GRADIENT) { return u32((i32(own + pad) - i32(tap * dilation)) / i32(stride)); }
  return own * stride + tap * dilation - pad;
}

fn falls(own: u32, tap: u32, stride: u32, dilation: u32, pad: u32) -> bool {
  return !INPUT_GRADIENT || (i32(own + pad) - i32(tap * dilation)) % i32(stride) == 0;
}

fn value(line: u32, column: u32, inside: bool, own: u32, tap: u32) -> f32 {
  if (!falls(own, tap, STRIDE_W, DILATION_W, PAD_W)) { return 0.0; }
  let at = column + seen(own, tap, STRIDE_W, DILATION_W, PAD_W);
  return select(0.0, f32(x[line + at]), inside && at < params.planes.in_w);
}

// What a row of taps adds to the thread's row.
fn taps(pixel: Pixel, row: u32, tap: u32, first_weight: u32) -> vec4<f32> {
  var sum = vec4<f32>();
  if (!falls(row, tap, STRIDE_H, DILATION_H, PAD_H)) { return sum; }
  let y = view(pixel.y, STRIDE_H) + seen(row, tap, STRIDE_H, DILATION_H, PAD_H);
  let inside = y < params.planes.in_h;
  let line = (pixel.plane * params.planes.in_h + y) * params.planes.in_w;
  let column = view(pixel.x, STRIDE_W);
  for (var j = 0u; j < KERNEL_W; j++) {
    let values = vec4(
      value(line, column, inside, 0u, j),
      value(line, column, inside, 1u, j),
      value(line, column, inside, 2u, j),
      value(line, column, inside, 3u, j),
    );
    sum += f32(weight[first_weight + tap * KERNEL_W + j]) * values;
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let pixel = first_pixel(linear_index(thread), params.planes.out_h, params.planes.out_w);
  if (pixel.plane >= params.batch * params.channels) { return; }
  let channel = pixel.plane % params.channels;
  for (var row = 0u; row < ROWS; row++) {
    var sum = vec4<f32>();
    for (var i = 0u; i < KERNEL_H; i++) { sum += taps(pixel, row, i, channel * KERNEL_H * KERNEL_W); }
    if (pixel.y + row < params.planes.out_h) {
      let at = (pixel.plane * params.planes.out_h + pixel.y + row) * params.planes.out_w + pixel.x;
      for (var j = 0u; j < min(params.planes.out_w - pixel.x, 4u); j++) { finish(sum[j], channel, at + j); }
    }
  }
}

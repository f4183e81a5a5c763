// Weight gradient of a depthwise convolution (each channel for itself) on GPUs:
//   dw[c, i, j] = Σ over n, y, x of dy[n, c, y, x] · in[n, c, y·sh − top + i·dh, x·sw − left + j·dw]
// A workgroup sums all taps of a channel over a share of the pixels; its threads' sums meet in workgroup memory. What
// several shares summed, parts[share], another launch adds up. Bandwidth-bound.
// Uses: depthwise_quads, grid, planes.
alias T = f32;
alias TOUT = f32;
const TAPS: u32 = 9u; // KERNEL_H · KERNEL_W

struct Params {
  planes: Planes,
  channels: u32,
  batch: u32,
  shares: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> parts: array<TOUT>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<array<f32, WORKGROUP>, TAPS>;

fn value(line: u32, column: u32, inside: bool) -> f32 {
  return select(0.0, f32(x[line + column]), inside && column < params.planes.in_w);
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) t: u32) {
  let p = params.planes;
  let index = group_index(group);
  let share = index / params.channels;
  let channel = index % params.channels;
  if (share >= params.shares) { return; }
  var sums: array<f32, TAPS>;
  for (var item = share * WORKGROUP + t; ; item += params.shares * WORKGROUP) {
    let pixel = first_pixel(item, p.out_h, p.out_w); // its plane is an image
    if (pixel.plane >= params.batch) { break; }
    let plane = pixel.plane * params.channels + channel;
    for (var row = 0u; row < ROWS; row++) {
      let at = (plane * p.out_h + pixel.y + row) * p.out_w + pixel.x;
      let counts = vec4(pixel.y + row < p.out_h) & (pixel.x + vec4(0u, 1u, 2u, 3u) < vec4(p.out_w));
      let d = select(vec4(0.0), vec4<f32>(vec4(dy[at], dy[at + 1u], dy[at + 2u], dy[at + 3u])), counts);
      for (var i = 0u; i < KERNEL_H; i++) {
        let y = (pixel.y + row) * STRIDE_H + i * DILATION_H - PAD_H;
        let inside = y < p.in_h;
        let line = (plane * p.in_h + y) * p.in_w;
        for (var j = 0u; j < KERNEL_W; j++) {
          let column = pixel.x * STRIDE_W + j * DILATION_W - PAD_W;
          sums[i * KERNEL_W + j] += dot(d, vec4(
            value(line, column, inside),
            value(line, column + STRIDE_W, inside),
            value(line, column + 2u * STRIDE_W, inside),
            value(line, column + 3u * STRIDE_W, inside),
          ));
        }
      }
    }
  }
  for (var tap = 0u; tap < TAPS; tap++) { partial[tap][t] = sums[tap]; }
  workgroupBarrier();
  if (t < TAPS) {
    var sum = 0.0;
    for (var i = 0u; i < WORKGROUP; i++) { sum += partial[t][i]; }
    parts[(share * params.channels + channel) * TAPS + t] = TOUT(sum);
  }
}

// Input gradient of a depthwise convolution (one input channel a group), any stride, padding and dilation:
//   dx[n, c, y, x] = Σ over o of group c, i, j of w[o, 0, i, j] · dy[n, o, (y + top − i·dh) / sh, (x + left − j·dw) / sw]
// over the taps for which both divisions leave no remainder. Without dilation these are a stride apart, and the loop
// steps from one to the next: nothing is spent on inserted zeros.
//
// dy is [N, O, OH, OW], dx is [N, C, H, W]. One thread a pixel; neighbouring lanes own neighbouring pixels.
// Intensity: 2 operations for 2 loads, which the cache serves. Bandwidth-bound.
// Uses: grid.
alias T = f32;

struct Params {
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  channels: u32,
  out_channels: u32,
  multiplier: u32,
  batch: u32,
  kernel: vec2<u32>,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<u32>, // top, left
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  let area = params.height * params.width;
  if (index >= params.batch * params.channels * area) { return; }
  let y = index % area / params.width + params.pad.x;
  let x = index % params.width + params.pad.y;
  let c = index / area % params.channels;
  let n = index / area / params.channels;
  let plain = params.dilation == vec2<u32>(1u);
  let i0 = select(0u, y % params.stride.x, plain.x);
  let j0 = select(0u, x % params.stride.y, plain.y);
  let i_step = select(1u, params.stride.x, plain.x);
  let j_step = select(1u, params.stride.y, plain.y);
  let out_area = params.out_height * params.out_width;
  let taps = params.kernel.x * params.kernel.y;
  let o0 = c * params.multiplier;
  var sum = 0.0;
  for (var i = i0; i < params.kernel.x; i += i_step) {
    let down = y - i * params.dilation.x; // wraps when negative, and is then too large
    let oy = down / params.stride.x;
    if (down > y || oy >= params.out_height || oy * params.stride.x != down) {
      continue;
    }
    for (var j = j0; j < params.kernel.y; j += j_step) {
      let across = x - j * params.dilation.y;
      let ox = across / params.stride.y;
      if (across > x || ox >= params.out_width || ox * params.stride.y != across) {
        continue;
      }
      for (var o = o0; o < o0 + params.multiplier; o++) {
        let w = f32(weight[o * taps + i * params.kernel.y + j]);
        sum += w * f32(dy[(n * params.out_channels + o) * out_area + oy * params.out_width + ox]);
      }
    }
  }
  dx[index] = T(sum);
}

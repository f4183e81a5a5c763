// dx[n, c, y, x] = Σ over taps (i, j) of cols[(c, i, j), p], p being the output pixel whose tap falls on (y, x): the
// transpose of im2col.wgsl, last step of a convolution's input gradient.
//
// With stride s only every s-th tap can fall on a pixel: the loop steps from one to the next, so that nothing is spent
// on the zeros that a transposed convolution would insert. dx is [N, C, H, W]; a chunk of images from `first` on.
// One thread a pixel; neighbouring lanes own neighbouring pixels. Bandwidth-bound.
// Uses: grid.
alias T = f32;

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  images: u32, // in the chunk
  first: u32, // image
  kernel: vec2<u32>,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<u32>, // top, left
}

@group(0) @binding(0) var<storage, read> cols: array<T>;
@group(0) @binding(1) var<storage, read_write> dx: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let index = linear_index(thread);
  let area = params.height * params.width;
  if (index >= params.images * params.channels * area) { return; }
  let y = index % area / params.width + params.pad.x;
  let x = index % params.width + params.pad.y;
  let c = index / area % params.channels;
  let n = index / area / params.channels;
  let out_area = params.out_height * params.out_width;
  let pixels = params.images * out_area;
  // Without dilation the taps that fit are a stride apart; with it they are looked for one by one.
  let plain = params.dilation == vec2<u32>(1u);
  let i0 = select(0u, y % params.stride.x, plain.x);
  let j0 = select(0u, x % params.stride.y, plain.y);
  let i_step = select(1u, params.stride.x, plain.x);
  let j_step = select(1u, params.stride.y, plain.y);
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
      let tap = (c * params.kernel.x + i) * params.kernel.y + j;
      sum += f32(cols[tap * pixels + n * out_area + oy * params.out_width + ox]);
    }
  }
  dx[params.first * params.channels * area + index] = T(sum);
}

// Depthwise convolution (one input channel per group), any stride, padding and dilation, with bias and ReLU if wanted:
//   out[n, o, y, x] = Σ over i, j of w[o, 0, i, j] · in[n, o / multiplier, y·sh − top + i·dh, x·sw − left + j·dw]
// in is [N, C, H, W], out is [N, O, OH, OW]. A workgroup owns one output channel of one image; a thread owns four
// pixels, WORKGROUP apart, so that neighbouring lanes read neighbouring pixels and all read a weight at one address.
// Intensity: 8 operations for 5 loads. Bandwidth-bound.
// Uses: activate, depthwise, grid, window.
alias T = f32;
const BIAS: bool = false;

struct Params {
  window: Window,
  sizes: Depthwise,
  tiles: u32, // of 4 · WORKGROUP pixels, an image and channel
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<T>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

fn load(row: u32, column: i32, row_inside: bool) -> f32 {
  let inside = row_inside && column >= 0 && column < i32(params.window.in_w);
  return select(0.0, f32(x[row + u32(max(column, 0))]), inside);
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>) {
  let index = group_index(group);
  let plane = index / params.tiles; // (n, o)
  if (plane >= params.sizes.batch * params.sizes.out_channels) { return; }
  let o = plane % params.sizes.out_channels;
  let x_plane = plane / params.sizes.out_channels * params.sizes.channels + o / params.sizes.multiplier;
  let base = x_plane * params.window.in_h * params.window.in_w;
  let area = params.window.out_h * params.window.out_w;
  let pixel = index % params.tiles * (4u * WORKGROUP) + local.x + WORKGROUP * vec4<u32>(0u, 1u, 2u, 3u);
  let here = min(pixel, vec4<u32>(area - 1u)); // beyond the end: the last pixel again, with the same result
  let top = vec4<i32>(here / params.window.out_w * params.window.stride_h) - i32(params.window.pad_top);
  let left = vec4<i32>(here % params.window.out_w * params.window.stride_w) - i32(params.window.pad_left);
  var sums = vec4<f32>();
  var tap = o * params.window.kernel_h * params.window.kernel_w;
  for (var i = 0u; i < params.window.kernel_h; i++) {
    let y = top + i32(i * params.window.dilation_h);
    let inside = (y >= vec4<i32>()) & (y < vec4<i32>(i32(params.window.in_h)));
    let row = base + vec4<u32>(select(vec4<i32>(), y, inside)) * params.window.in_w;
    for (var j = 0u; j < params.window.kernel_w; j++) {
      let column = left + i32(j * params.window.dilation_w);
      sums += f32(weight[tap]) * vec4<f32>(
        load(row.x, column.x, inside.x),
        load(row.y, column.y, inside.y),
        load(row.z, column.z, inside.z),
        load(row.w, column.w, inside.w),
      );
      tap++;
    }
  }
  if (BIAS) {
    sums += f32(bias[o]);
  }
  sums = activate4(sums);
  let at = plane * area + here;
  out[at.x] = T(sums.x);
  out[at.y] = T(sums.y);
  out[at.z] = T(sums.z);
  out[at.w] = T(sums.w);
}

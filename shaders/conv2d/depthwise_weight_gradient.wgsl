// Weight gradient of a depthwise convolution (one input channel per group), in partial sums:
//   dw[o, i, j] = Σ over n, y, x of dy[n, o, y, x] · in[n, o / multiplier, y·sh − top + i·dh, x·sw − left + j·dw]
// A workgroup takes one output channel and up to four neighbouring taps of one kernel row. Its lanes walk the output
// pixels of a share of the samples side by side (coalesced); each keeps its taps' sums and writes them as partial sums
// [share · LANES + lane, o, i, j], which sum_partials.wgsl adds up in a fixed order. No workgroup memory, no barrier.
// Intensity: 8 operations for 5 loads, most of which the cache serves.
// Uses: depthwise, grid, window.
alias T = f32;
const LANES: u32 = 32u;

struct Params {
  window: Window,
  sizes: Depthwise,
  shares: u32,
  quads: u32, // groups of four taps in a kernel row
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

fn load(row: u32, column: i32) -> f32 {
  let inside = column >= 0 && column < i32(params.window.in_w);
  return select(0.0, f32(x[row + u32(max(column, 0))]), inside);
}

@compute @workgroup_size(LANES) fn main(group: Group, @builtin(local_invocation_id) local: vec3<u32>) {
  let index = group_index(group);
  let j0 = index % params.quads * 4u;
  let row = index / params.quads; // (share, o, i)
  let i = row % params.window.kernel_h;
  let o = row / params.window.kernel_h % params.sizes.out_channels;
  let share = row / params.window.kernel_h / params.sizes.out_channels;
  if (share >= params.shares) { return; }
  let tap_y = i32(i * params.window.dilation_h) - i32(params.window.pad_top);
  let tap_x = i32(params.window.dilation_w) * (i32(j0) + vec4<i32>(0, 1, 2, 3)) - i32(params.window.pad_left);
  let area = params.window.out_h * params.window.out_w;
  var sums = vec4<f32>();
  for (var n = share; n < params.sizes.batch; n += params.shares) {
    let dy_base = (n * params.sizes.out_channels + o) * area;
    let x_base = (n * params.sizes.channels + o / params.sizes.multiplier) * params.window.in_h * params.window.in_w;
    for (var p = local.x; p < area; p += LANES) {
      let y = i32(p / params.window.out_w * params.window.stride_h) + tap_y;
      if (y < 0 || y >= i32(params.window.in_h)) {
        continue;
      }
      let at = x_base + u32(y) * params.window.in_w;
      let column = i32(p % params.window.out_w * params.window.stride_w) + tap_x;
      let values = vec4<f32>(load(at, column.x), load(at, column.y), load(at, column.z), load(at, column.w));
      sums += f32(dy[dy_base + p]) * values;
    }
  }
  let part = (share * LANES + local.x) * params.sizes.out_channels + o;
  let to = (part * params.window.kernel_h + i) * params.window.kernel_w;
  for (var j = 0u; j < 4u; j++) {
    if (j0 + j < params.window.kernel_w) {
      parts[to + j0 + j] = sums[j];
    }
  }
}

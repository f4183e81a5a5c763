// Weight gradient of a depthwise convolution (one input channel a group), in partial sums:
//   dw[o, i, j] = Σ over n, y, x of dy[n, o, y, x] · in[n, o / multiplier, y·sh − top + i·dh, x·sw − left + j·dw]
// A workgroup takes one output channel and up to four neighbouring taps of one kernel row. Its lanes walk the output
// pixels of a share of the samples side by side (coalesced); each keeps its taps' sums and writes them as partial sums
// [share · LANES + lane, o, i, j], which sum_partials.wgsl adds up in a fixed order. No workgroup memory, no barrier.
// Intensity: 8 operations for 5 loads, most of which the cache serves.
// Uses: grid.
alias T = f32;
const LANES: u32 = 32u;

struct Params {
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  channels: u32,
  out_channels: u32,
  multiplier: u32,
  batch: u32,
  shares: u32,
  quads: u32, // groups of four taps in a kernel row
  kernel: vec2<u32>,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<i32>, // top, left
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

fn load(row: u32, column: i32) -> f32 {
  let inside = column >= 0 && column < i32(params.width);
  return select(0.0, f32(x[row + u32(max(column, 0))]), inside);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let index = group_index(group, groups);
  let j0 = index % params.quads * 4u;
  let row = index / params.quads; // (share, o, i)
  let i = row % params.kernel.x;
  let o = row / params.kernel.x % params.out_channels;
  let share = row / params.kernel.x / params.out_channels;
  if (share >= params.shares) { return; }
  let tap_y = i32(i * params.dilation.x) - params.pad.x;
  let tap_x = i32(j0 * params.dilation.y) - params.pad.y + i32(params.dilation.y) * vec4<i32>(0, 1, 2, 3);
  let area = params.out_height * params.out_width;
  var sums = vec4<f32>();
  for (var n = share; n < params.batch; n += params.shares) {
    let dy_base = (n * params.out_channels + o) * area;
    let x_base = (n * params.channels + o / params.multiplier) * params.height * params.width;
    for (var p = local.x; p < area; p += LANES) {
      let y = i32(p / params.out_width * params.stride.x) + tap_y;
      if (y < 0 || y >= i32(params.height)) {
        continue;
      }
      let at = x_base + u32(y) * params.width;
      let column = i32(p % params.out_width * params.stride.y) + tap_x;
      let values = vec4<f32>(load(at, column.x), load(at, column.y), load(at, column.z), load(at, column.w));
      sums += f32(dy[dy_base + p]) * values;
    }
  }
  let to = (((share * LANES + local.x) * params.out_channels + o) * params.kernel.x + i) * params.kernel.y;
  for (var j = 0u; j < 4u; j++) {
    if (j0 + j < params.kernel.y) {
      parts[to + j0 + j] = sums[j];
    }
  }
}

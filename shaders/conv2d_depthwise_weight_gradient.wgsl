// Weight gradient of a depthwise convolution (one input channel a group), in partial sums:
//   dw[o, i, j] = Σ over n, y, x of dy[n, o, y, x] · in[n, o / multiplier, y·sh − top + i·dh, x·sw − left + j·dw]
// A workgroup takes one output channel and one kernel row i. Its lanes walk the output pixels of a share of the
// samples side by side (coalesced); each keeps the KW sums of its row of taps and writes them as partial sums
// [share · LANES + lane, o, i, j], which sum_partials.wgsl adds up. No workgroup memory, no barrier.
// Intensity: 2·KW operations for KW + 1 loads, of which the cache serves all but two.
alias T = f32;
const LANES: u32 = 32u;
const KW: u32 = 3u;

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
  kernel_height: u32,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<i32>, // top, left
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let index = group.x + group.y * groups.x;
  let row = index % (params.out_channels * params.kernel_height); // (o, i)
  let share = index / (params.out_channels * params.kernel_height);
  if (share >= params.shares) {
    return;
  }
  let o = row / params.kernel_height;
  let tap_y = i32(row % params.kernel_height * params.dilation.x) - params.pad.x;
  let area = params.out_height * params.out_width;
  var sums: array<f32, KW>;
  for (var n = share; n < params.batch; n += params.shares) {
    let dy_base = (n * params.out_channels + o) * area;
    let x_base = (n * params.channels + o / params.multiplier) * params.height * params.width;
    for (var p = local.x; p < area; p += LANES) {
      let y = i32(p / params.out_width * params.stride.x) + tap_y;
      if (y < 0 || y >= i32(params.height)) {
        continue;
      }
      let d = f32(dy[dy_base + p]);
      let left = i32(p % params.out_width * params.stride.y) - params.pad.y;
      for (var j = 0u; j < KW; j++) {
        let xx = left + i32(j * params.dilation.y);
        let inside = xx >= 0 && xx < i32(params.width);
        let at = select(0u, x_base + u32(y) * params.width + u32(xx), inside);
        sums[j] += d * select(0.0, f32(x[at]), inside);
      }
    }
  }
  let base = ((share * LANES + local.x) * params.out_channels * params.kernel_height + row) * KW;
  for (var j = 0u; j < KW; j++) {
    parts[base + j] = sums[j];
  }
}

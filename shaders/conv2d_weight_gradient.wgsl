// Gradient of a convolution with respect to its weights, any stride, padding, dilation and groups, in slices:
//   dw[o, c, i, j] = Σ over n, y, x of dy[n, o, y, x] · in[n, g·cin + c, y·sh − top + i·dh, x·sw − left + j·dw]
// A matrix product: rows are output channels, columns are (c, i, j), and the sum runs over the pixels of all samples.
// It is split into `splits` slices of output rows (n, y), each slice writing its own partial sums, which
// sum_partials.wgsl adds up in a fixed order. A thread keeps TM channels × TN columns in registers; lanes own
// neighbouring columns, so dy is read at one address a row of lanes and the taps of x lie close together.
// Intensity: 2·TM·TN operations for TM + TN loads.
alias T = f32;
const LANES: u32 = 32u;
const GROUP_ROWS: u32 = 2u;
const TM: u32 = 8u;
const TN: u32 = 2u;

struct Params {
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  channels: u32,
  out_channels: u32,
  group_in: u32,
  group_out: u32,
  batch: u32,
  tiles_rows: u32,
  tiles_columns: u32,
  groups: u32,
  splits: u32,
  slice: u32, // output rows (n, y) a split
  kernel: vec2<u32>,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<i32>, // top, left
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(LANES, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let tile = group.x + group.y * groups.x;
  let slab = tile / (params.tiles_columns * params.tiles_rows);
  let g = slab % params.groups;
  let split = slab / params.groups;
  if (split >= params.splits) {
    return;
  }
  let row0 = ((tile / params.tiles_columns) % params.tiles_rows * GROUP_ROWS + local.y) * TM;
  let column0 = (tile % params.tiles_columns) * (LANES * TN) + local.x;
  let columns = params.group_in * params.kernel.x * params.kernel.y;

  let in_area = params.height * params.width;
  let out_area = params.out_height * params.out_width;
  var channel: array<u32, TN>;
  var tap_y: array<i32, TN>;
  var tap_x: array<i32, TN>;
  for (var j = 0u; j < TN; j++) {
    let column = min(column0 + j * LANES, columns - 1u);
    let tap = column % (params.kernel.x * params.kernel.y);
    channel[j] = (g * params.group_in + column / (params.kernel.x * params.kernel.y)) * in_area;
    tap_y[j] = i32(tap / params.kernel.y * params.dilation.x) - params.pad.x;
    tap_x[j] = i32(tap % params.kernel.y * params.dilation.y) - params.pad.y;
  }

  var sums: array<array<f32, TN>, TM>;
  let end = min((split + 1u) * params.slice, params.batch * params.out_height);
  for (var line = split * params.slice; line < end; line++) {
    let n = line / params.out_height;
    let y = line % params.out_height;
    var at: array<u32, TN>;
    var row_inside: array<bool, TN>;
    for (var j = 0u; j < TN; j++) {
      let yy = i32(y * params.stride.x) + tap_y[j];
      row_inside[j] = yy >= 0 && yy < i32(params.height);
      at[j] = n * params.channels * in_area + channel[j] + u32(yy) * params.width;
    }
    var dy_at: array<u32, TM>;
    for (var i = 0u; i < TM; i++) {
      let row = g * params.group_out + min(row0 + i, params.group_out - 1u);
      dy_at[i] = (n * params.out_channels + row) * out_area + y * params.out_width;
    }
    for (var ox = 0u; ox < params.out_width; ox++) {
      var values: array<f32, TN>;
      for (var j = 0u; j < TN; j++) {
        let xx = i32(ox * params.stride.y) + tap_x[j];
        let inside = row_inside[j] && xx >= 0 && xx < i32(params.width);
        values[j] = select(0.0, f32(x[select(0u, at[j] + u32(xx), inside)]), inside);
      }
      for (var i = 0u; i < TM; i++) {
        let d = f32(dy[dy_at[i] + ox]);
        for (var j = 0u; j < TN; j++) {
          sums[i][j] += d * values[j];
        }
      }
    }
  }

  let out_base = (split * params.out_channels + g * params.group_out) * columns;
  for (var i = 0u; i < TM; i++) {
    for (var j = 0u; j < TN; j++) {
      let row = row0 + i;
      let column = column0 + j * LANES;
      if (row < params.group_out && column < columns) {
        parts[out_base + row * columns + column] = sums[i][j];
      }
    }
  }
}

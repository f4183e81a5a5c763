// Convolution as an implicit matrix product, any stride, padding, dilation and groups, with bias and ReLU if wanted:
//   out[n, o, y, x] = Σ over c, i, j of w[o, c, i, j] · in[n, g·cin + c, y·sh − top + i·dh, x·sw − left + j·dw]
// in is [N, C, H, W], w is [O, C/groups, KH, KW], out is [N, O, OH, OW]; o lies in group g = o / cout.
// Rows of the product are output channels, columns are the output pixels of all samples. A thread keeps
// TM channels × TN pixels in registers, without workgroup memory; neighbouring lanes own neighbouring pixels, so the
// input is read coalesced, and each weight at one address a row of lanes. Padding is never stored: a tap outside reads 0.
// Intensity: 2·TM·TN operations for TM + TN loads. TM = 1 is the depthwise form.
alias T = f32;
const LANES: u32 = 32u;
const GROUP_ROWS: u32 = 2u;
const TM: u32 = 8u;
const TN: u32 = 2u;
const BIAS: bool = false;
const RELU: bool = false;

struct Params {
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  channels: u32,
  out_channels: u32,
  group_in: u32,
  group_out: u32,
  pixels: u32, // N · OH · OW
  tiles_rows: u32, // a group
  tiles_pixels: u32,
  groups: u32,
  kernel: vec2<u32>,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<i32>, // top, left
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<T>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

fn finish(value: f32, channel: u32) -> f32 {
  var result = value;
  if (BIAS) {
    result += f32(bias[channel]);
  }
  if (RELU) {
    result = select(result, 0.0, result < 0.0); // keeps NaN
  }
  return result;
}

@compute @workgroup_size(LANES, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let tile = group.x + group.y * groups.x;
  let g = tile / (params.tiles_pixels * params.tiles_rows);
  if (g >= params.groups) {
    return;
  }
  let row0 = ((tile / params.tiles_pixels) % params.tiles_rows * GROUP_ROWS + local.y) * TM; // in the group
  let pixel0 = (tile % params.tiles_pixels) * (LANES * TN) + local.x;

  let area = params.out_height * params.out_width;
  var base: array<u32, TN>; // of the sample's first channel in this group
  var top: array<i32, TN>;
  var left: array<i32, TN>;
  for (var j = 0u; j < TN; j++) {
    let pixel = min(pixel0 + j * LANES, params.pixels - 1u);
    let position = pixel % area;
    base[j] = (pixel / area * params.channels + g * params.group_in) * params.height * params.width;
    top[j] = i32(position / params.out_width * params.stride.x) - params.pad.x;
    left[j] = i32(position % params.out_width * params.stride.y) - params.pad.y;
  }
  let per_row = params.group_in * params.kernel.x * params.kernel.y;
  var w_at: array<u32, TM>;
  for (var i = 0u; i < TM; i++) {
    w_at[i] = (g * params.group_out + min(row0 + i, params.group_out - 1u)) * per_row;
  }

  var sums: array<array<f32, TN>, TM>;
  for (var ky = 0u; ky < params.kernel.x; ky++) {
    for (var kx = 0u; kx < params.kernel.y; kx++) {
      var at: array<u32, TN>;
      var inside: array<bool, TN>;
      for (var j = 0u; j < TN; j++) {
        let y = top[j] + i32(ky * params.dilation.x);
        let xx = left[j] + i32(kx * params.dilation.y);
        inside[j] = y >= 0 && y < i32(params.height) && xx >= 0 && xx < i32(params.width);
        at[j] = select(0u, base[j] + u32(y) * params.width + u32(xx), inside[j]);
      }
      let tap = ky * params.kernel.y + kx;
      for (var c = 0u; c < params.group_in; c++) {
        var values: array<f32, TN>;
        for (var j = 0u; j < TN; j++) {
          values[j] = select(0.0, f32(x[at[j]]), inside[j]);
          at[j] += params.height * params.width;
        }
        let k = c * params.kernel.x * params.kernel.y + tap;
        for (var i = 0u; i < TM; i++) {
          let w = f32(weight[w_at[i] + k]);
          for (var j = 0u; j < TN; j++) {
            sums[i][j] += w * values[j];
          }
        }
      }
    }
  }

  for (var j = 0u; j < TN; j++) {
    let pixel = pixel0 + j * LANES;
    let out_base = (pixel / area * params.out_channels + g * params.group_out) * area + pixel % area;
    for (var i = 0u; i < TM; i++) {
      let row = row0 + i;
      if (row < params.group_out && pixel < params.pixels) {
        out[out_base + row * area] = T(finish(sums[i][j], g * params.group_out + row));
      }
    }
  }
}

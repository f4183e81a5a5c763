// Gradient of a convolution with respect to its input, any stride, padding, dilation and groups:
//   dx[n, c, y, x] = Σ over o, i, j of w[o, c, i, j] · dy[n, o, (y + top − i·dh) / sh, (x + left − j·dw) / sw]
// over the taps (i, j) for which both divisions leave no remainder. dy is [N, O, OH, OW], dx is [N, C, H, W].
//
// Pixels are sorted by phase (y + top) mod sh, (x + left) mod sw. All pixels of a phase use the same taps, so a
// workgroup visits only those: nothing is multiplied by the zeros that a transposed convolution would insert.
// A thread keeps TM input channels × TN pixels in registers; neighbouring lanes own neighbouring pixels of a phase.
// Intensity: 2·TM·TN operations for TM + TN loads. TM = 1 is the depthwise form.
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
  tiles_pixels: u32, // for the largest phase
  groups: u32,
  kernel: vec2<u32>,
  stride: vec2<u32>,
  dilation: vec2<u32>,
  pad: vec2<u32>, // top, left
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

// The first coordinate whose phase is `phase`, and the number of such coordinates below `size`.
fn phase_start(phase: u32, pad: u32, stride: u32) -> u32 {
  return (phase + stride - pad % stride) % stride;
}

fn phase_count(start: u32, size: u32, stride: u32) -> u32 {
  return select(0u, (size - start + stride - 1u) / stride, start < size);
}

@compute @workgroup_size(LANES, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let tile = group.x + group.y * groups.x;
  let slab = tile / (params.tiles_pixels * params.tiles_rows);
  let g = slab % params.groups;
  let phase = vec2<u32>(slab / params.groups / params.stride.y, slab / params.groups % params.stride.y);
  let y0 = phase_start(phase.x, params.pad.x, params.stride.x);
  let x0 = phase_start(phase.y, params.pad.y, params.stride.y);
  let columns = phase_count(x0, params.width, params.stride.y);
  let area = phase_count(y0, params.height, params.stride.x) * columns;
  let pixels = area * params.batch;
  let pixel0 = (tile % params.tiles_pixels) * (LANES * TN) + local.x;
  if (phase.x >= params.stride.x || pixels == 0u) {
    return;
  }
  let row0 = ((tile / params.tiles_pixels) % params.tiles_rows * GROUP_ROWS + local.y) * TM;

  let out_area = params.out_height * params.out_width;
  var sample: array<u32, TN>;
  var yy: array<u32, TN>;
  var xx: array<u32, TN>;
  for (var j = 0u; j < TN; j++) {
    let pixel = min(pixel0 + j * LANES, pixels - 1u);
    sample[j] = pixel / area;
    yy[j] = y0 + pixel % area / columns * params.stride.x;
    xx[j] = x0 + pixel % area % columns * params.stride.y;
  }
  let taps = params.kernel.x * params.kernel.y;
  var w_at: array<u32, TM>;
  for (var i = 0u; i < TM; i++) {
    w_at[i] = (g * params.group_out * params.group_in + min(row0 + i, params.group_in - 1u)) * taps;
  }

  var sums: array<array<f32, TN>, TM>;
  for (var ky = 0u; ky < params.kernel.x; ky++) {
    if (ky * params.dilation.x % params.stride.x != phase.x) {
      continue;
    }
    for (var kx = 0u; kx < params.kernel.y; kx++) {
      if (kx * params.dilation.y % params.stride.y != phase.y) {
        continue;
      }
      var at: array<u32, TN>;
      var inside: array<bool, TN>;
      for (var j = 0u; j < TN; j++) {
        // unsigned: a negative numerator wraps to a huge coordinate, which is outside
        let oy = (yy[j] + params.pad.x - ky * params.dilation.x) / params.stride.x;
        let ox = (xx[j] + params.pad.y - kx * params.dilation.y) / params.stride.y;
        inside[j] = oy < params.out_height && ox < params.out_width
          && yy[j] + params.pad.x >= ky * params.dilation.x && xx[j] + params.pad.y >= kx * params.dilation.y;
        let base = (sample[j] * params.out_channels + g * params.group_out) * out_area;
        at[j] = select(0u, base + oy * params.out_width + ox, inside[j]);
      }
      var k = ky * params.kernel.y + kx;
      for (var o = 0u; o < params.group_out; o++) {
        var values: array<f32, TN>;
        for (var j = 0u; j < TN; j++) {
          values[j] = select(0.0, f32(dy[at[j]]), inside[j]);
          at[j] += out_area;
        }
        for (var i = 0u; i < TM; i++) {
          let w = f32(weight[w_at[i] + k]);
          for (var j = 0u; j < TN; j++) {
            sums[i][j] += w * values[j];
          }
        }
        k += params.group_in * taps;
      }
    }
  }

  for (var j = 0u; j < TN; j++) {
    for (var i = 0u; i < TM; i++) {
      let row = row0 + i;
      if (row < params.group_in && pixel0 + j * LANES < pixels) {
        let channel = sample[j] * params.channels + g * params.group_in + row;
        dx[(channel * params.height + yy[j]) * params.width + xx[j]] = T(sums[i][j]);
      }
    }
  }
}

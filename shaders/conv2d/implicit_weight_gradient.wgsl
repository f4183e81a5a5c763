// The gradient of a convolution's weight as a matrix product of which nothing is gathered to memory:
//   dw[m, c, tap] = Σ over pixels p of dy[m, p] · x[c, place of p seen through the tap]
// M are output channels, columns input channels of one tap (or, FLAT, of any: for few channels), K the output's
// pixels of all images. A thread loads one pixel of a block of 16, for every sixteenth vec4 of rows and of columns:
// neighbouring threads read neighbouring pixels. A row of a block has one vec4 more than it needs, so that threads
// that write different rows at once meet different banks. K is cut into `splits` slices, whose sums go to
// parts[split] and are summed by another launch. Bound by multiply-adds; see lib/block.wgsl.
// Uses: block, grid, window.
alias T = f32;
alias TOUT = f32;
const FLAT: bool = false;
const WHOLE: bool = true; // whether rows and (not FLAT) columns come in fours

struct Params {
  window: Window,
  channels: u32, // in a group
  out_channels: u32, // in a group
  groups: u32,
  pixels: u32, // of the output, in all images
  slice: u32, // pixels of a split, in whole blocks
  splits: u32,
  tiles_m: u32,
  tiles_n: u32, // of a tap, or (FLAT) of all
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read_write> parts: array<TOUT>;
@group(0) @binding(3) var<uniform> params: Params;

// A column of the block as any pixel sees it: what its channel and tap add to the pixel's place.
struct Column {
  at: u32,
  y: u32, // below zero it wraps round
  x: u32,
}

fn column_of(channel: u32, tap: u32) -> Column {
  let y = tap / params.window.kernel_w * params.window.dilation_h - params.window.pad_top;
  let column = tap % params.window.kernel_w * params.window.dilation_w - params.window.pad_left;
  return Column((channel * params.window.in_h + y) * params.window.in_w + column, y, column);
}

// A pixel of the output with its places in dy (of the group's first channel) and in x (of its first tap).
struct Pixel {
  row: u32,
  column: u32,
  at_y: u32,
  at_x: u32,
}

fn pixel_of(p: u32, g: u32) -> Pixel {
  let line = p / params.window.out_w;
  let n = line / params.window.out_h;
  let row = line - n * params.window.out_h;
  let column = p - line * params.window.out_w;
  let image = n * params.groups + g;
  let at_y = (image * params.out_channels * params.window.out_h + row) * params.window.out_w + column;
  let y = image * params.channels * params.window.in_h + row * params.window.stride_h;
  return Pixel(row, column, at_y, y * params.window.in_w + column * params.window.stride_w);
}

// How the places move from one block to the next: 16 pixels on, and what a new line and a new image add to that.
struct Walk {
  rows: u32,
  columns: u32,
  block_y: u32,
  block_x: u32,
  line_x: u32,
  image_y: u32,
  image_x: u32,
}

fn walk_of() -> Walk {
  let area = params.window.out_h * params.window.out_w;
  let images = 16u / area;
  let rest = 16u - images * area;
  let rows = rest / params.window.out_w;
  let columns = rest - rows * params.window.out_w;
  let image_y = (params.groups * params.out_channels - 1u) * area;
  let line_x = params.window.stride_h * params.window.in_w - params.window.out_w * params.window.stride_w;
  let image = params.groups * params.channels * params.window.in_h * params.window.in_w;
  let image_x = image - params.window.out_h * params.window.stride_h * params.window.in_w;
  let down = rows * params.window.stride_h * params.window.in_w;
  return Walk(rows, columns, 16u + images * image_y, images * image + down + columns * params.window.stride_w, line_x, image_y, image_x);
}

fn next_pixel(p: Pixel, walk: Walk) -> Pixel {
  var next = Pixel(p.row + walk.rows, p.column + walk.columns, p.at_y + walk.block_y, p.at_x + walk.block_x);
  if (next.column >= params.window.out_w) {
    next.column -= params.window.out_w;
    next.row++;
    next.at_x += walk.line_x;
  }
  if (next.row >= params.window.out_h) {
    next.row -= params.window.out_h;
    next.at_y += walk.image_y;
    next.at_x += walk.image_x;
  }
  return next;
}

// Four of dy's channels, from one on, which lies `base` further, at a pixel.
fn rows_at(at: u32, channel: u32, base: u32, area: u32) -> vec4<f32> {
  if (WHOLE) {
    let i = at + base;
    return vec4<f32>(vec4(dy[i], dy[i + area], dy[i + 2u * area], dy[i + 3u * area]));
  }
  let i = at + min(channel + vec4(0u, 1u, 2u, 3u), vec4(params.out_channels - 1u)) * area;
  return vec4<f32>(vec4(dy[i.x], dy[i.y], dy[i.z], dy[i.w]));
}

fn is_inside(c: Column, p: Pixel) -> bool {
  return p.row * params.window.stride_h + c.y < params.window.in_h && p.column * params.window.stride_w + c.x < params.window.in_w;
}

// Four of x's channels likewise; 0 where the tap falls outside of the image.
fn columns_at(at: u32, channel: u32, base: u32, area: u32, inside: bool) -> vec4<f32> {
  if (WHOLE) {
    let i = at + base;
    return select(vec4(0.0), vec4<f32>(vec4(x[i], x[i + area], x[i + 2u * area], x[i + 3u * area])), inside);
  }
  let i = at + base - min(channel, params.channels - min(params.channels, 4u)) * area
    + min(channel + vec4(0u, 1u, 2u, 3u), vec4(params.channels - 1u)) * area;
  return select(vec4(0.0), vec4<f32>(vec4(x[i.x], x[i.y], x[i.z], x[i.w])), inside);
}

fn column_at(p: Pixel, n: u32, counts: bool) -> f32 {
  let c = column_of(n / (params.window.kernel_h * params.window.kernel_w), n % (params.window.kernel_h * params.window.kernel_w));
  return select(0.0, f32(x[p.at_x + c.at]), counts && is_inside(c, p));
}

fn flat_columns_at(p: Pixel, n: u32, counts: bool) -> vec4<f32> {
  return vec4(column_at(p, n, counts), column_at(p, n + 1u, counts), column_at(p, n + 2u, counts), column_at(p, n + 3u, counts));
}

@compute @workgroup_size(THREADS) fn main(group: Group, @builtin(local_invocation_index) t: u32) {
  let index = group_index(group);
  let tile_m = index % params.tiles_m;
  let tile_n = index / params.tiles_m % params.tiles_n;
  let z = index / params.tiles_m / params.tiles_n;
  let taps = params.window.kernel_h * params.window.kernel_w;
  let planes = select(taps, 1u, FLAT);
  let plane = z % planes;
  let g = z / planes % params.groups;
  let split = z / planes / params.groups;
  if (split >= params.splits) { return; }
  let m0 = tile_m * BLOCK;
  let n0 = tile_n * BLOCK;
  let area_y = params.window.out_h * params.window.out_w;
  let area_x = params.window.in_h * params.window.in_w;
  let tap = column_of(0u, plane);

  // Pixel t % 16 of each block; of rows and columns every (THREADS / 16)th vec4.
  let k = t % 16u;
  let first = t / 16u;
  let apart = THREADS / 16u;
  let last_m = params.out_channels - min(params.out_channels, 4u);
  let last_n = params.channels - min(params.channels, 4u);
  let start = split * params.slice;
  let end = min(start + params.slice, params.pixels);
  let walk = walk_of();
  var pixel = pixel_of(min(start + k, params.pixels - 1u), g);
  var at = start + k;
  var rows: array<u32, OWN>; // where the thread's rows and columns lie
  var columns: array<u32, OWN>;
  for (var i = 0u; i < OWN; i++) {
    let own = 4u * (first + i * apart);
    rows[i] = min(m0 + own, last_m) * area_y;
    columns[i] = min(n0 + own, last_n) * area_x + tap.at;
  }
  var a: array<vec4<f32>, OWN>;
  var b: array<vec4<f32>, OWN>;
  var sums: Sums;
  // Each round stores what the round before loaded, loads the next block and multiplies.
  for (var p = start; p < end + 16u; p += 16u) {
    if (p > start) {
      workgroupBarrier();
      for (var i = 0u; i < OWN; i++) {
        block_a[k % OWN][k / OWN][first + i * apart] = a[i];
        block_b[k % OWN][k / OWN][first + i * apart] = b[i];
      }
      workgroupBarrier();
    }
    if (p < end) {
      let counts = at < end;
      let inside = counts && is_inside(tap, pixel);
      for (var i = 0u; i < OWN; i++) {
        let own = 4u * (first + i * apart);
        a[i] = rows_at(pixel.at_y, m0 + own, rows[i], area_y);
        if (FLAT) {
          b[i] = flat_columns_at(pixel, n0 + own, counts);
        } else {
          b[i] = columns_at(pixel.at_x, n0 + own, columns[i], area_x, inside);
        }
      }
      pixel = next_pixel(pixel, walk);
      at += 16u;
    }
    if (p > start) { multiply_blocks(&sums, t / SIDE, t % SIDE); }
  }

  let all = params.channels * taps;
  let column_count = select(params.channels, all, FLAT);
  let base = (split * params.groups + g) * params.out_channels * all;
  for (var r = 0u; r < 8u; r++) {
    let m = m0 + block_row(t / SIDE, r);
    for (var h = 0u; h < 2u; h++) {
      for (var j = 0u; j < 4u; j++) {
        let n = n0 + block_row(t % SIDE, 4u * h + j);
        if (m < params.out_channels && n < column_count) {
          parts[base + m * all + select(n * taps + plane, n, FLAT)] = TOUT(sums[2u * r + h][j]);
        }
      }
    }
  }
}

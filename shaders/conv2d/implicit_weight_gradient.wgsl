// The gradient of a convolution's weight as a matrix product of which nothing is gathered to memory:
//   dw[m, c, tap] = Σ over pixels p of dy[m, p] · x[c, place of p seen through the tap]
// M are output channels, columns input channels of one tap (or, FLAT, of all taps: for few channels, which are filled up
// to fours), K the output's pixels of all images. A thread loads one pixel of a block of 16, for every sixteenth vec4 of
// rows and of columns: neighbouring threads read neighbouring pixels. A row of a block has one vec4 more than it needs,
// so that threads that write different rows at once meet different banks. Rows and columns past the end read what
// lies there and are not written. K is cut into `splits` slices, whose sums go to parts[split] and are summed by
// another launch. Bound by multiply-adds; see lib/block.wgsl.
// Uses: block, grid, window.
alias T = f32;
alias TOUT = f32;
const FLAT: bool = false;
const PADDED: bool = true; // whether a tap may fall outside of the image

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

// A pixel of the output with its places in dy (of the group's first channel) and in x (of its first tap).
struct Pixel {
  y: u32, // times the stride
  x: u32,
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
  let y = row * params.window.stride_h;
  let x = column * params.window.stride_w;
  return Pixel(y, x, at_y, (image * params.channels * params.window.in_h + y) * params.window.in_w + x);
}

const OWN: u32 = 32u / SIDE; // vec4s of a block that each thread fills

// How the places move from one block to the next: 16 pixels on, and what a new line and a new image add to that.
struct Walk {
  y: u32,
  x: u32,
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
  let y = rest / params.window.out_w * params.window.stride_h;
  let x = rest % params.window.out_w * params.window.stride_w;
  let image_y = (params.groups * params.out_channels - 1u) * area;
  let line_x = params.window.stride_h * params.window.in_w - params.window.out_w * params.window.stride_w;
  let image = params.groups * params.channels * params.window.in_h * params.window.in_w;
  let image_x = image - params.window.out_h * params.window.stride_h * params.window.in_w;
  return Walk(y, x, 16u + images * image_y, images * image + y * params.window.in_w + x, line_x, image_y, image_x);
}

fn next_pixel(p: Pixel, walk: Walk) -> Pixel {
  var next = Pixel(p.y + walk.y, p.x + walk.x, p.at_y + walk.block_y, p.at_x + walk.block_x);
  if (next.x >= params.window.out_w * params.window.stride_w) {
    next.x -= params.window.out_w * params.window.stride_w;
    next.y += params.window.stride_h;
    next.at_x += walk.line_x;
  }
  if (next.y >= params.window.out_h * params.window.stride_h) {
    next.y -= params.window.out_h * params.window.stride_h;
    next.at_y += walk.image_y;
    next.at_x += walk.image_x;
  }
  return next;
}

// A thread's vec4 of rows and that of columns: what its channels, and the columns' tap, add to a pixel's place.
struct Own {
  row: u32,
  column: u32,
  y: u32, // below zero it wraps round
  x: u32,
}

// The vec4 of channels; with FLAT the taps follow each other.
fn own_of(row: u32, column: u32, plane: u32) -> Own {
  var tap = plane;
  var channel = min(column, (params.channels - 1u) / 4u);
  if (FLAT) {
    let fours = (params.channels + 3u) / 4u;
    tap = column / fours;
    channel = column - tap * fours;
  }
  let y = tap / params.window.kernel_w * params.window.dilation_h - params.window.pad_top;
  let x = tap % params.window.kernel_w * params.window.dilation_w - params.window.pad_left;
  return Own(
    min(row, (params.out_channels - 1u) / 4u) * 4u * params.window.out_h * params.window.out_w,
    (channel * 4u * params.window.in_h + y) * params.window.in_w + x,
    y,
    x,
  );
}

// What a thread loads of a block.
struct Loaded {
  a: array<vec4<f32>, OWN>,
  b: array<vec4<f32>, OWN>,
  at: Pixel,
}

fn load(p: Pixel, own: array<Own, OWN>) -> Loaded {
  var loaded: Loaded;
  loaded.at = p;
  let area_y = params.window.out_h * params.window.out_w;
  let area_x = params.window.in_h * params.window.in_w;
  for (var i = 0u; i < OWN; i++) {
    let y = p.at_y + own[i].row;
    let x0 = p.at_x + own[i].column;
    loaded.a[i] = vec4<f32>(vec4(dy[y], dy[y + area_y], dy[y + 2u * area_y], dy[y + 3u * area_y]));
    loaded.b[i] = vec4<f32>(vec4(x[x0], x[x0 + area_x], x[x0 + 2u * area_x], x[x0 + 3u * area_x]));
  }
  return loaded;
}

// Pixel t % 16 of the block; of rows and columns every (THREADS / 16)th vec4.
const APART: u32 = THREADS / 16u;

fn put(loaded: Loaded, own: array<Own, OWN>, t: u32) {
  for (var i = 0u; i < OWN; i++) {
    let y = loaded.at.y + own[i].y;
    let x = loaded.at.x + own[i].x;
    let inside = !PADDED || (y < params.window.in_h && x < params.window.in_w);
    let quad = t / 16u + i * APART;
    let line = 2u * (t % 16u) + quad / SIDE;
    blocks[0][line][quad % SIDE] = loaded.a[i];
    blocks[1][line][quad % SIDE] = select(vec4(0.0), loaded.b[i], inside);
  }
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
  let start = split * params.slice;
  let steps = min(params.slice, params.pixels - start);
  let walk = walk_of();
  let ty = t / SIDE;
  let tx = t & (SIDE - 1u);
  var own: array<Own, OWN>;
  for (var i = 0u; i < OWN; i++) { own[i] = own_of(m0 / 4u + t / 16u + i * APART, n0 / 4u + t / 16u + i * APART, plane); }
  // What doesn't fill a block comes first, so that all others are whole.
  let first = (steps + BLOCK_K - 1u) % BLOCK_K + 1u;
  var loaded = load(pixel_of(start + t % 16u, g), own);
  if (t % 16u >= first) {
    loaded.a = array<vec4<f32>, OWN>();
    loaded.b = array<vec4<f32>, OWN>();
  }
  put(loaded, own, t);
  var pixel = pixel_of(start + first + t % 16u, g);
  var sums: Sums;
  for (var k = first; k < steps; k += BLOCK_K) {
    workgroupBarrier();
    let loaded = load(pixel, own);
    pixel = next_pixel(pixel, walk);
    multiply_block(&sums, false, false, ty, tx);
    workgroupBarrier();
    put(loaded, own, t);
  }
  workgroupBarrier();
  multiply_block(&sums, false, false, ty, tx);

  let base = (split * params.groups + g) * params.out_channels;
  let fours = (params.channels + 3u) / 4u;
  for (var h = 0u; h < 2u; h++) {
    let quad = n0 / 4u + h * SIDE + tx;
    let tap = select(plane, quad / fours, FLAT);
    let channel = 4u * select(quad, quad % fours, FLAT);
    for (var r = 0u; r < 8u; r++) {
      let m = m0 + block_row(false, ty, r);
      for (var j = 0u; j < 4u; j++) {
        if (m < params.out_channels && channel + j < params.channels && tap < taps) {
          parts[((base + m) * params.channels + channel + j) * taps + tap] = TOUT(sums[2u * r + h][j]);
        }
      }
    }
  }
}

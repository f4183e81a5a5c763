// A convolution, or its input gradient, as a matrix product of which nothing is gathered to memory:
//   out[n, m, h, w] = Σ over taps and channels c of weight[tap, c, m] · x[n, c, y(h, tap), x(w, tap)]
// M are the output's channels, columns its pixels, K walks the taps and, within a tap, channels in chunks of CHUNK.
// Forward: y(h, ky) = h·stride + ky·dilation − pad, and weights are [tap, in, out]. Input gradient: dy is x, weights
// are [tap, out, in], and y(h, ky) = (h + pad − ky·dilation) / stride where that is whole: the pixels of one phase,
// h mod stride and w mod stride, see the same taps, so each workgroup has pixels of one phase and no inserted zero
// is multiplied. Either way y = i·step + offset, with an offset that grows by `tap_delta` from tap to tap. What a
// tap asks of a pixel is worked out once for all its channels. While a block is multiplied, the next one is loaded:
// by each thread 4 pixels, which lie 2·SIDE apart so that neighbouring threads read neighbouring pixels, of some
// channels. Bound by multiply-adds; see lib/block.wgsl.
// Uses: activate, block, grid, window.
alias T = f32;
alias W = vec4<f32>; // four of T
const CHUNK: u32 = 16u; // channels of a tap at a time: 16, 32 in two blocks, or (forward, few channels) 4 of four taps
const WHOLE_CHUNKS: bool = true; // whether channels come in chunks
const INPUT_GRADIENT: bool = false;
const BIAS: bool = false;

struct Params {
  window: Window, // in_… is what x has, also where x is the gradient of an output
  channels: u32, // of x, in a group
  out_channels: u32, // in a group
  groups: u32,
  batch: u32,
  tap_step: vec2<u32>, // from one tap that a phase sees to the next
  tap_delta: vec2<u32>, // of the offset; below zero it wraps round
  weight_rows: u32, // of K in `weight`, in a group
  weight_columns: u32, // out_channels in whole fours
  tiles_m: u32,
  tiles_n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<W>;
@group(0) @binding(2) var<storage, read> bias: array<T>;
@group(0) @binding(3) var<storage, read_write> out: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

const APART: u32 = 2u * SIDE; // from one pixel of a thread to the next

// One axis of a phase: its first pixel in `out`, how many there are, and the taps that they see.
struct Axis {
  start: u32,
  length: u32,
  first: u32, // tap
  taps: u32,
  offset: u32, // of the first tap
}

fn axis_of(phase: u32, out_length: u32, kernel: u32, stride: u32, dilation: u32, pad: u32, step: u32) -> Axis {
  if (!INPUT_GRADIENT) { return Axis(0u, out_length, 0u, kernel, 0u - pad); }
  var first = 0u;
  while (first < kernel && (phase + pad + kernel * dilation * stride - first * dilation) % stride != 0u) { first++; }
  let offset = (phase + pad + kernel * dilation * stride - first * dilation) / stride - kernel * dilation;
  return Axis(phase, (out_length + stride - 1u - phase) / stride, first, (kernel + step - 1u - min(first, kernel)) / step, offset);
}

// A pixel's place in x before a tap's offset is added.
struct Origin {
  at: u32, // as an index
  y: u32,
  x: u32,
}

fn origin_of(pixel: u32, rows: u32, columns: u32, first: u32) -> Origin {
  let line = pixel / columns;
  let n = line / rows;
  var step = vec2(params.window.stride_h, params.window.stride_w);
  if (INPUT_GRADIENT) { step = vec2(1u); }
  let y = (line - n * rows) * step.x;
  let column = (pixel - line * columns) * step.y;
  let image = n * params.groups * params.channels * params.window.in_h * params.window.in_w;
  return Origin(first + image + y * params.window.in_w + column, y, column);
}

// Large where a sum of places is below zero.
fn is_inside(o: Origin, offset: vec2<u32>) -> bool {
  return o.y + offset.x < params.window.in_h && o.x + offset.y < params.window.in_w;
}

// A thread's part of the next block: vec4s of weights, and of four pixels, one for each of its rows.
struct Loaded {
  w0: vec4<f32>,
  w1: vec4<f32>,
  w2: vec4<f32>,
  w3: vec4<f32>,
  x0: vec4<f32>,
  x1: vec4<f32>,
  x2: vec4<f32>,
  x3: vec4<f32>,
}

fn load(at_w: u32, stride_w: u32, at_x: vec4<u32>, area: u32) -> Loaded {
  var loaded: Loaded;
  loaded.w0 = vec4<f32>(weight[at_w]);
  loaded.w1 = vec4<f32>(weight[at_w + stride_w]);
  loaded.x0 = pixels(at_x);
  loaded.x1 = pixels(at_x + area);
  if (OWN == 4u) {
    loaded.w2 = vec4<f32>(weight[at_w + 2u * stride_w]);
    loaded.w3 = vec4<f32>(weight[at_w + 3u * stride_w]);
    loaded.x2 = pixels(at_x + 2u * area);
    loaded.x3 = pixels(at_x + 3u * area);
  }
  return loaded;
}

fn pixels(at: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(vec4(x[at.x], x[at.y], x[at.z], x[at.w]));
}

fn put(loaded: Loaded, row: u32, quad: u32, inside: vec4<bool>, left: u32) {
  block_a[0][row][quad] = loaded.w0;
  block_a[1][row][quad] = loaded.w1;
  block_b[0][row][quad] = counted(loaded.x0, 0u, inside, left);
  block_b[1][row][quad] = counted(loaded.x1, 1u, inside, left);
  if (OWN == 4u) {
    block_a[OWN - 2u][row][quad] = loaded.w2;
    block_a[OWN - 1u][row][quad] = loaded.w3;
    block_b[OWN - 2u][row][quad] = counted(loaded.x2, 2u, inside, left);
    block_b[OWN - 1u][row][quad] = counted(loaded.x3, 3u, inside, left);
  }
}

// What was read outside of the image, or past the last channel, counts as 0.
fn counted(values: vec4<f32>, i: u32, inside: vec4<bool>, left: u32) -> vec4<f32> {
  if (WHOLE_CHUNKS) { return select(vec4(0.0), values, inside); }
  return select(vec4(0.0), values, inside & vec4(i < left));
}

@compute @workgroup_size(THREADS) fn main(group: Group, @builtin(local_invocation_index) t: u32) {
  let index = group_index(group);
  let tile_m = index % params.tiles_m;
  let tile_n = index / params.tiles_m % params.tiles_n;
  let z = index / params.tiles_m / params.tiles_n;
  let g = z % params.groups;
  let phase = z / params.groups;
  let stride = vec2(params.window.stride_h, params.window.stride_w);
  let vertical = axis_of(
    phase / stride.y, params.window.out_h, params.window.kernel_h, stride.x,
    params.window.dilation_h, params.window.pad_top, params.tap_step.x,
  );
  let horizontal = axis_of(
    phase % stride.y, params.window.out_w, params.window.kernel_w, stride.y,
    params.window.dilation_w, params.window.pad_left, params.tap_step.y,
  );
  let pixels = params.batch * vertical.length * horizontal.length;
  let n0 = tile_n * BLOCK;
  let m0 = tile_m * BLOCK;
  if (n0 >= pixels || phase >= select(1u, stride.x * stride.y, INPUT_GRADIENT)) { return; } // phases differ in size

  let row = t / QUADS;
  let quad = t % QUADS;
  let last = pixels - 1u;
  let area = params.window.in_h * params.window.in_w;
  let first_channel = select(row * OWN, 0u, CHUNK == 4u); // of the thread, in a chunk
  let first = (g * params.channels + first_channel) * area;
  let p0 = origin_of(min(n0 + quad, last), vertical.length, horizontal.length, first);
  let p1 = origin_of(min(n0 + quad + APART, last), vertical.length, horizontal.length, first);
  let p2 = origin_of(min(n0 + quad + 2u * APART, last), vertical.length, horizontal.length, first);
  let p3 = origin_of(min(n0 + quad + 3u * APART, last), vertical.length, horizontal.length, first);
  let tap_count = vertical.taps * horizontal.taps;
  let chunks = (params.channels + CHUNK - 1u) / CHUNK;
  let blocks = select((tap_count + 3u) / 4u, tap_count * chunks, CHUNK != 4u);
  let stride_w = params.weight_columns / 4u;
  let column_w = min(m0 / 4u + quad, stride_w - 1u) + (g * params.weight_rows + row * OWN) * stride_w;

  var tap = vec2(0u);
  var channel = 0u;
  var at_x: vec4<u32>;
  var inside: vec4<bool>;
  var left = OWN; // channels, from the thread's first on
  var at_w: u32;
  var loaded: Loaded;
  var sums: Sums;
  // Each round stores what the round before loaded, loads the next block and multiplies; with CHUNK 32 twice.
  for (var round = 0u; round < blocks + 1u; round++) {
    if (round > 0u) {
      workgroupBarrier();
      put(loaded, row, quad, inside, left);
      workgroupBarrier();
      if (CHUNK == 32u) {
        loaded = load(at_w, stride_w, at_x, area);
        at_x += 16u * area;
        at_w += 16u * stride_w;
        multiply_blocks(&sums, t / SIDE, t % SIDE);
        workgroupBarrier();
        put(loaded, row, quad, inside, left);
        workgroupBarrier();
      }
    }
    if (round < blocks) {
      if (CHUNK == 4u) {
        // The thread's rows are channels of one tap. Past the last tap weights are zero.
        let own_tap = 4u * round + row * OWN / 4u;
        let down = min(own_tap / horizontal.taps, vertical.taps - 1u);
        tap = vec2(down, own_tap % horizontal.taps);
        channel = row * OWN % 4u;
        at_w = 16u * round * stride_w + column_w;
      }
      if (CHUNK == 4u || channel == 0u) {
        let offset = vec2(vertical.offset, horizontal.offset) + tap * params.tap_delta;
        let moved = offset.x * params.window.in_w + offset.y;
        at_x = vec4(p0.at, p1.at, p2.at, p3.at) + moved;
        inside = vec4(is_inside(p0, offset), is_inside(p1, offset), is_inside(p2, offset), is_inside(p3, offset));
        if (CHUNK == 4u) {
          at_x += channel * area;
        } else {
          let own = vec2(vertical.first, horizontal.first) + tap * params.tap_step;
          let slice = own.x * params.window.kernel_w + own.y;
          at_w = slice * chunks * CHUNK * stride_w + column_w;
        }
      }
      if (!WHOLE_CHUNKS) {
        let own_channel = channel + select(row * OWN, 0u, CHUNK == 4u);
        left = params.channels - min(own_channel, params.channels);
      }
      loaded = load(at_w, stride_w, at_x, area);
      if (CHUNK != 4u) {
        at_x += 16u * area;
        at_w += 16u * stride_w;
        channel += CHUNK;
        if (channel >= params.channels) {
          channel = 0u;
          tap.y++;
          if (tap.y == horizontal.taps) { tap = vec2(tap.x + 1u, 0u); }
        }
      }
    }
    if (round > 0u) { multiply_blocks(&sums, t / SIDE, t % SIDE); }
  }

  for (var h = 0u; h < 2u; h++) {
    for (var j = 0u; j < 4u; j++) {
      let pixel = n0 + h * SIDE + t % SIDE + j * APART;
      if (pixel < pixels) {
        let line = pixel / horizontal.length;
        let n = line / vertical.length;
        var at = vec2(line - n * vertical.length, pixel - line * horizontal.length);
        if (INPUT_GRADIENT) { at = at * stride + vec2(vertical.start, horizontal.start); }
        let first = (n * params.groups + g) * params.out_channels;
        for (var r = 0u; r < 8u; r++) {
          let m = m0 + block_row(t / SIDE, r);
          if (m < params.out_channels) {
            var value = sums[2u * r + h][j];
            if (BIAS) { value += f32(bias[g * params.out_channels + m]); }
            out[((first + m) * params.window.out_h + at.x) * params.window.out_w + at.y] = T(activate(value));
          }
        }
      }
    }
  }
}

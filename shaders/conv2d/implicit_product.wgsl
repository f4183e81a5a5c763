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
// A gradient may be added ONTO what is in out, and RECTIFIED by the ReLU that made the input.
// Uses: activate, block, grid, window.
alias T = f32;
alias W = vec4<f32>; // four of T
const CHUNK: u32 = 16u; // channels of a tap at a time: 16, 32 in two blocks, or (forward, few channels) 4 of four taps
const WHOLE_CHUNKS: bool = true; // whether channels come in chunks
const INPUT_GRADIENT: bool = false;
const BIAS: bool = false;
const ONTO: bool = false;
const RECTIFIED: bool = false;
const SIX: bool = false; // by a ReLU6

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
@group(0) @binding(3) var<storage, read> rectifier: array<T>; // what that ReLU gave
@group(0) @binding(4) var<storage, read_write> out: array<T>;
@group(0) @binding(5) var<uniform> params: Params;

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
  var at = phase + pad + kernel * dilation * stride; // as many strides too far as a kernel is long
  while (first < kernel && at % stride != 0u) {
    first++;
    at -= dilation;
  }
  let offset = at / stride - kernel * dilation;
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

// What a thread has to know of its pixels and taps.
struct Own {
  p0: Origin,
  p1: Origin,
  p2: Origin,
  p3: Origin,
  row: u32,
  column_w: u32, // its place in the first row of `weight`
  vertical: Axis,
  horizontal: Axis,
}

// Where the next block begins.
struct Walk {
  tap: vec2<u32>, // with CHUNK 4 the thread's own
  channel: u32,
  weight_row: u32,
  at_x: vec4<u32>, // the thread's pixels through the tap
  inside: vec4<bool>,
}

// A thread's part of a block: vec4s of weights, and of four pixels, one for each of its rows.
struct Loaded {
  w0: vec4<f32>,
  w1: vec4<f32>,
  w2: vec4<f32>,
  w3: vec4<f32>,
  x0: vec4<f32>,
  x1: vec4<f32>,
  x2: vec4<f32>,
  x3: vec4<f32>,
  inside: vec4<bool>,
  left: u32, // channels, from the thread's first on
}

fn weights(at: u32, row: u32) -> vec4<f32> {
  return vec4<f32>(weight[at + row * (params.weight_columns / 4u)]);
}

fn pixels(at: vec4<u32>, channel: u32) -> vec4<f32> {
  let on = channel * params.window.in_h * params.window.in_w;
  return vec4<f32>(vec4(x[at.x + on], x[at.y + on], x[at.z + on], x[at.w + on]));
}

// Loads a block, the first of a chunk or its second, and walks on.
fn load(walk: ptr<function, Walk>, own: Own, second: bool) -> Loaded {
  if (!second && (CHUNK == 4u || (*walk).channel == 0u)) { see(walk, own); }
  var loaded: Loaded;
  let row = (*walk).weight_row;
  let channel = (*walk).channel;
  loaded.w0 = weights(own.column_w, row);
  loaded.w1 = weights(own.column_w, row + 1u);
  loaded.x0 = pixels((*walk).at_x, channel);
  loaded.x1 = pixels((*walk).at_x, channel + 1u);
  if (OWN == 4u) {
    loaded.w2 = weights(own.column_w, row + 2u);
    loaded.w3 = weights(own.column_w, row + 3u);
    loaded.x2 = pixels((*walk).at_x, channel + 2u);
    loaded.x3 = pixels((*walk).at_x, channel + 3u);
  }
  loaded.inside = (*walk).inside;
  let first = select(channel + own.row * OWN, own.row * OWN % 4u, CHUNK == 4u);
  loaded.left = params.channels - min(first, params.channels);
  (*walk).weight_row += BLOCK_K;
  if (CHUNK == 4u) {
    (*walk).tap += vec2(4u / own.horizontal.taps, 4u % own.horizontal.taps);
    if ((*walk).tap.y >= own.horizontal.taps) { (*walk).tap += vec2(1u, 0u - own.horizontal.taps); }
  } else {
    (*walk).channel += BLOCK_K;
    if (second == (CHUNK == 32u) && (*walk).channel >= params.channels) {
      (*walk).channel = 0u;
      (*walk).tap.y++;
      if ((*walk).tap.y == own.horizontal.taps) { (*walk).tap = vec2((*walk).tap.x + 1u, 0u); }
    }
  }
  return loaded;
}

// The pixels through the next tap. Past the last one they don't count.
fn see(walk: ptr<function, Walk>, own: Own) {
  let tap = (*walk).tap;
  let offset = vec2(own.vertical.offset, own.horizontal.offset) + tap * params.tap_delta;
  let moved = offset.x * params.window.in_w + offset.y;
  (*walk).at_x = vec4(own.p0.at, own.p1.at, own.p2.at, own.p3.at) + moved;
  (*walk).inside = vec4(is_inside(own.p0, offset), is_inside(own.p1, offset), is_inside(own.p2, offset), is_inside(own.p3, offset));
  if (CHUNK == 4u) {
    (*walk).inside &= vec4(tap.x < own.vertical.taps);
  } else {
    let slice = (own.vertical.first + tap.x * params.tap_step.x) * params.window.kernel_w + own.horizontal.first + tap.y * params.tap_step.y;
    (*walk).weight_row = slice * ((params.channels + CHUNK - 1u) / CHUNK) * CHUNK;
  }
}

fn put(loaded: Loaded, row: u32, quad: u32) {
  blocks[0][0][row][quad] = loaded.w0;
  blocks[0][1][row][quad] = loaded.w1;
  blocks[1][0][row][quad] = counted(loaded.x0, 0u, loaded);
  blocks[1][1][row][quad] = counted(loaded.x1, 1u, loaded);
  if (OWN == 4u) {
    blocks[0][OWN - 2u][row][quad] = loaded.w2;
    blocks[0][OWN - 1u][row][quad] = loaded.w3;
    blocks[1][OWN - 2u][row][quad] = counted(loaded.x2, 2u, loaded);
    blocks[1][OWN - 1u][row][quad] = counted(loaded.x3, 3u, loaded);
  }
}

// What was read outside of the image, or past the last channel, counts as 0.
fn counted(values: vec4<f32>, i: u32, loaded: Loaded) -> vec4<f32> {
  if (WHOLE_CHUNKS) { return select(vec4(0.0), values, loaded.inside); }
  return select(vec4(0.0), values, loaded.inside & vec4(i < loaded.left));
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
  let quad = t & (QUADS - 1u);
  let ty = t / SIDE;
  let tx = t & (SIDE - 1u);
  let last = pixels - 1u;
  let area = params.window.in_h * params.window.in_w;
  let first_channel = select(row * OWN, row * OWN % 4u, CHUNK == 4u); // of the thread, in a block
  let first = (g * params.channels + first_channel) * area;
  let columns = params.weight_columns / 4u;
  let own = Own(
    origin_of(min(n0 + quad, last), vertical.length, horizontal.length, first),
    origin_of(min(n0 + quad + APART, last), vertical.length, horizontal.length, first),
    origin_of(min(n0 + quad + 2u * APART, last), vertical.length, horizontal.length, first),
    origin_of(min(n0 + quad + 3u * APART, last), vertical.length, horizontal.length, first),
    row,
    min(m0 / 4u + quad, columns - 1u) + (g * params.weight_rows + row * OWN) * columns,
    vertical,
    horizontal,
  );
  let taps = vertical.taps * horizontal.taps;
  let chunks = (params.channels + CHUNK - 1u) / CHUNK;
  let count = select(taps * chunks * max(CHUNK / 16u, 1u), (taps + 3u) / 4u, CHUNK == 4u);

  var walk: Walk;
  if (CHUNK == 4u) {
    let tap = row * OWN / 4u; // past the last tap weights are zero
    walk.tap = vec2(tap / horizontal.taps, tap % horizontal.taps);
  }
  var sums: Sums;
  var loaded: Loaded;
  if (count > 0u) { loaded = load(&walk, own, false); }
  var done = 0u; // blocks
  // A block is put, the next is loaded, and then it is multiplied: two in the loop's body, as a loop has its price.
  // What is loaded past the end isn't used.
  for (; WRITTEN_OUT && done + 2u <= count; done += 2u) {
    workgroupBarrier();
    put(loaded, row, quad);
    workgroupBarrier();
    loaded = load(&walk, own, CHUNK == 32u);
    multiply_blocks(&sums, ty, tx);
    workgroupBarrier();
    put(loaded, row, quad);
    workgroupBarrier();
    loaded = load(&walk, own, false);
    multiply_blocks(&sums, ty, tx);
  }
  for (; done < count; done++) {
    workgroupBarrier();
    put(loaded, row, quad);
    workgroupBarrier();
    multiply_steps(&sums, BLOCK_K, ty, tx);
    loaded = load(&walk, own, CHUNK == 32u && done % 2u == 0u);
  }

  for (var h = 0u; h < 2u; h++) {
    for (var j = 0u; j < 4u; j++) {
      let pixel = n0 + h * SIDE + tx + j * APART;
      if (pixel < pixels) {
        let line = pixel / horizontal.length;
        let n = line / vertical.length;
        var at = vec2(line - n * vertical.length, pixel - line * horizontal.length);
        if (INPUT_GRADIENT) { at = at * stride + vec2(vertical.start, horizontal.start); }
        let first = (n * params.groups + g) * params.out_channels;
        for (var r = 0u; r < 8u; r++) {
          let m = m0 + block_row(ty, r);
          if (m < params.out_channels) {
            var value = sums[2u * r + h][j];
            if (BIAS) { value += f32(bias[g * params.out_channels + m]); }
            let i = ((first + m) * params.window.out_h + at.x) * params.window.out_w + at.y;
            if (ONTO) { value += f32(out[i]); }
            if (RECTIFIED) {
              let given = f32(rectifier[i]);
              value = select(value, 0.0, given <= 0.0 || (SIX && given >= 6.0));
            }
            out[i] = T(activate(value));
          }
        }
      }
    }
  }
}

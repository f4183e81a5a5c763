// A convolution, or its input gradient, as a matrix product that reads images and weights as they lie:
//   out[n, m, h, w] = Σ over channels c and taps of weight[m, c, tap] · x[n, c, y(h, tap), x(w, tap)]
// M are the output's channels, columns its pixels, K walks channels and, within a channel, taps. Forward:
// y(h, ky) = h·stride + ky·dilation − pad. Input gradient: dy is x, the weight is read as [c, m, tap], and
// y(h, ky) = (h + pad − ky·dilation) / stride where that is whole: the pixels of one phase, h mod stride and w mod stride,
// see the same taps, so each workgroup has pixels of one phase and no inserted zero is multiplied. Either way
// y = i·step + offset, with an offset that grows by `tap_delta` from tap to tap.
// 1 × 1 and 3 × 3 taps are written out (KERNEL): a round of K is whole channels (32, or 4 with nine taps), so which tap
// a step has is a number, what it adds to a pixel's place is the same for all threads, and whether it falls into the
// image is known before. For any others, and channels that don't come in fours, threads work that out for a step each.
// A thread loads one row and one pixel of a block of 64 × 64, in vec4s along K, and multiplies 8 × 8 of them (HALF:
// 4 × 8, for at most 32 rows): rows 8·r + ty, pixels 8·c + tx. Per vec4 of K: 16 loads, 256 multiply-adds.
// While a block is multiplied, the next one is loaded. The channels may be cut into `splits` slices, whose sums go to
// out[split] and are summed by another launch. Bound by multiply-adds.
// Uses: finish, grid, window.
alias W = vec4<f32>; // four of T, or T unless VECTORS
const INPUT_GRADIENT: bool = false;
const KERNEL: u32 = 3u; // 1 or 3, in both directions, where channels come in fours; else 0
const PADDED: bool = true; // whether a tap may fall outside of the image
const HALF: bool = false;
const WRITTEN_OUT: bool = true; // compilers for processors take minutes for it

struct Params {
  window: Window, // in_… is what x has, also where x is the gradient of an output
  channels: u32, // of x, in a group
  out_channels: u32, // in a group
  groups: u32,
  batch: u32,
  tap_step: vec2<u32>, // from one tap that a phase sees to the next
  tap_delta: vec2<u32>, // of the offset; below zero it wraps round
  tiles_m: u32,
  tiles_n: u32,
  splits: u32,
  slice: u32, // channels of a split, in whole rounds where there are several
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<W>;
@group(0) @binding(5) var<uniform> params: Params;

const ANY: bool = KERNEL == 0u;
const VECTORS: bool = !INPUT_GRADIENT && !ANY;
const SPAN: u32 = max(KERNEL, 1u);
const TAPS: u32 = SPAN * SPAN;
const DEPTH: u32 = select(3u, 4u, TAPS == 1u); // vec4s of K in a block
const BLOCKS: u32 = select(select(3u, 2u, TAPS == 1u), 4u, ANY); // of a round
const CHANNELS: u32 = 4u * DEPTH * BLOCKS / TAPS; // of a round

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

alias Block = array<array<array<vec4<f32>, 8>, 8>, DEPTH>;
alias Piece = array<vec4<f32>, DEPTH>;
// sums[2·r + h]: the thread's row r of eight, columns of half h.
alias Sums = array<vec4<f32>, 16>;

var<workgroup> rows: Block;
var<workgroup> columns: Block;
var<workgroup> steps: array<Step, 64>; // with ANY taps: of a round

// A step of K: what it adds to a row's and a pixel's place.
struct Step {
  weight: u32,
  x: u32, // as an index
  seen: vec2<u32>,
}

const NOWHERE: u32 = 0x80000000u; // past the end of K, a line of no image

// Where the thread's row and pixel begin (for each column of taps), and which taps of the pixel fall into the image.
struct Own {
  weight: u32,
  x: array<u32, SPAN>,
  inside: array<bool, TAPS>,
  place: vec2<u32>,
}

fn step_of(k: u32, vertical: Axis, horizontal: Axis) -> Step {
  let taps = vertical.taps * horizontal.taps;
  if (k >= params.channels * taps) { return Step(0u, 0u, vec2(NOWHERE)); }
  let channel = k / taps;
  let tap = vec2(k % taps / horizontal.taps, k % taps % horizontal.taps);
  let seen = tap * params.tap_delta;
  let at = vec2(vertical.first, horizontal.first) + tap * params.tap_step;
  return Step(
    (channel * select(1u, params.out_channels, INPUT_GRADIENT) * params.window.kernel_h + at.x) * params.window.kernel_w + at.y,
    (channel * params.window.in_h + seen.x) * params.window.in_w + seen.y,
    seen,
  );
}

fn weight_at(own: Own, channel: u32, step: u32) -> f32 {
  var on = (channel + step / TAPS) * params.out_channels * TAPS + step % TAPS;
  if (ANY) { on = steps[step].weight; }
  return vec4<f32>(vec4(weight[own.weight + on])).x;
}

fn x_at(own: Own, channel: u32, step: u32) -> f32 {
  if (ANY) {
    let place = own.place + steps[step].seen;
    let value = f32(x[own.x[0] + steps[step].x]);
    return select(0.0, value, place.x < params.window.in_h && place.y < params.window.in_w);
  }
  let line = step % TAPS / SPAN * params.tap_delta.x * params.window.in_w;
  let on = (channel + step / TAPS) * (params.window.in_h * params.window.in_w) + line;
  return f32(x[own.x[step % SPAN] + on]);
}

struct Loaded {
  rows: Piece,
  columns: Piece,
}

// A part of a round: a block.
fn load(own: Own, channel: u32, part: u32) -> Loaded {
  var loaded: Loaded;
  for (var i = 0u; i < DEPTH; i++) {
    let step = 4u * (part * DEPTH + i);
    if (VECTORS) {
      loaded.rows[i] = vec4<f32>(vec4(weight[own.weight / 4u + channel * TAPS / 4u + step / 4u]));
    } else {
      loaded.rows[i] = vec4(weight_at(own, channel, step), weight_at(own, channel, step + 1u), weight_at(own, channel, step + 2u), weight_at(own, channel, step + 3u));
    }
    loaded.columns[i] = vec4(x_at(own, channel, step), x_at(own, channel, step + 1u), x_at(own, channel, step + 2u), x_at(own, channel, step + 3u));
  }
  return loaded;
}

// What was read outside of the image counts as 0.
fn put(loaded: Loaded, own: Own, part: u32, t: u32) {
  workgroupBarrier();
  for (var i = 0u; i < DEPTH; i++) {
    let step = 4u * (part * DEPTH + i);
    let inside = vec4(own.inside[step % TAPS], own.inside[(step + 1u) % TAPS], own.inside[(step + 2u) % TAPS], own.inside[(step + 3u) % TAPS]);
    rows[i][t / 8u][t & 7u] = loaded.rows[i];
    columns[i][t / 8u][t & 7u] = select(vec4(0.0), loaded.columns[i], vec4(ANY || !PADDED) | inside);
  }
}

// Four steps of K for one row and four columns; b[k] has these columns' step k.
fn add(sum: vec4<f32>, a: vec4<f32>, b: mat4x4<f32>) -> vec4<f32> {
  return fma(vec4(a.w), b[3], fma(vec4(a.z), b[2], fma(vec4(a.y), b[1], fma(vec4(a.x), b[0], sum))));
}

fn multiply(sums: ptr<function, Sums>, i: u32, ty: u32, tx: u32) {
  let b0 = transpose(mat4x4(columns[i][0][tx], columns[i][1][tx], columns[i][2][tx], columns[i][3][tx]));
  let b1 = transpose(mat4x4(columns[i][4][tx], columns[i][5][tx], columns[i][6][tx], columns[i][7][tx]));
  for (var r = 0u; r < select(8u, 4u, HALF); r++) {
    let a = rows[i][r][ty];
    (*sums)[2u * r] = add((*sums)[2u * r], a, b0);
    (*sums)[2u * r + 1u] = add((*sums)[2u * r + 1u], a, b1);
  }
}

// Not every compiler unrolls a loop of this size.
fn multiply_block(sums: ptr<function, Sums>, ty: u32, tx: u32) {
  multiply(sums, 0u, ty, tx);
  multiply(sums, 1u, ty, tx);
  multiply(sums, 2u, ty, tx);
  if (DEPTH == 4u) { multiply(sums, 3u % DEPTH, ty, tx); }
}

@compute @workgroup_size(64) fn main(group: Group, @builtin(local_invocation_index) t: u32) {
  let index = group_index(group);
  let m0 = index % params.tiles_m * 64u;
  let n0 = index / params.tiles_m % params.tiles_n * 64u;
  let z = index / params.tiles_m / params.tiles_n;
  let g = z % params.groups;
  let split = z / params.groups % params.splits;
  let phase = z / params.groups / params.splits;
  let stride = vec2(params.window.stride_h, params.window.stride_w);
  let vertical = axis_of(
    phase / stride.y, params.window.out_h, params.window.kernel_h, stride.x,
    params.window.dilation_h, params.window.pad_top, params.tap_step.x,
  );
  let horizontal = axis_of(
    phase % stride.y, params.window.out_w, params.window.kernel_w, stride.y,
    params.window.dilation_w, params.window.pad_left, params.tap_step.y,
  );
  let size = vec2(vertical.length, horizontal.length);
  let pixels = params.batch * size.x * size.y;
  if (n0 >= pixels || phase >= select(1u, stride.x * stride.y, INPUT_GRADIENT)) { return; } // phases differ in size

  let pixel = min(n0 + t, pixels - 1u);
  let n = pixel / (size.x * size.y);
  let m = min(m0 + t, params.out_channels - 1u);
  var own: Own;
  own.place = vec2(pixel / size.y % size.x, pixel % size.y) * select(stride, vec2(1u), INPUT_GRADIENT) + vec2(vertical.offset, horizontal.offset);
  let first = ((n * params.groups + g) * params.channels * params.window.in_h + own.place.x) * params.window.in_w + own.place.y;
  for (var column = 0u; column < SPAN; column++) { own.x[column] = first + column * params.tap_delta.y; }
  for (var tap = 0u; tap < TAPS; tap++) {
    let seen = own.place + vec2(tap / SPAN, tap % SPAN) * params.tap_delta;
    own.inside[tap] = seen.x < params.window.in_h && seen.y < params.window.in_w;
  }
  let row = select((g * params.out_channels + m) * params.channels, g * params.channels * params.out_channels + m, INPUT_GRADIENT);
  own.weight = row * params.window.kernel_h * params.window.kernel_w;

  let ty = t / 8u;
  let tx = t & 7u;
  if (ANY) { steps[t] = step_of(t, vertical, horizontal); }
  workgroupBarrier();
  let taps = vertical.taps * horizontal.taps;
  var channel = split * params.slice;
  let end = select(channel, min(channel + params.slice, params.channels), taps > 0u); // a phase may see no tap
  var sums: Sums;
  var loaded = load(own, channel, 0u);
  // A block is put, the next is loaded, and then it is multiplied: a round in the loop's body.
  // What is loaded past the end isn't used.
  for (; WRITTEN_OUT && !ANY && channel + CHANNELS <= end; channel += CHANNELS) {
    put(loaded, own, 0u, t);
    workgroupBarrier();
    loaded = load(own, channel, 1u);
    multiply_block(&sums, ty, tx);
    if (BLOCKS == 3u) {
      put(loaded, own, 1u, t);
      workgroupBarrier();
      loaded = load(own, channel, 2u);
      multiply_block(&sums, ty, tx);
    }
    put(loaded, own, BLOCKS - 1u, t);
    workgroupBarrier();
    loaded = load(own, channel + CHANNELS, 0u);
    multiply_block(&sums, ty, tx);
  }
  // With nine taps a round is always whole.
  let rest = (end - channel) * taps;
  for (var done = 0u; (TAPS == 1u || !WRITTEN_OUT) && done < rest; done += 4u * DEPTH) {
    let next = done / 4u / DEPTH + 1u;
    put(loaded, own, (next - 1u) % BLOCKS, t);
    if (ANY && next % BLOCKS == 0u) { steps[t] = step_of(4u * DEPTH * next + t, vertical, horizontal); }
    workgroupBarrier();
    if (ANY && WRITTEN_OUT) {
      loaded = load(own, 0u, next % BLOCKS);
      multiply_block(&sums, ty, tx);
    } else {
      for (var i = 0u; i < min(DEPTH, (rest - done + 3u) / 4u); i++) { multiply(&sums, i, ty, tx); }
      loaded = load(own, channel + next / BLOCKS * CHANNELS, next % BLOCKS);
    }
  }

  for (var c = 0u; c < 8u; c++) {
    let pixel = n0 + 8u * c + tx;
    if (pixel < pixels) {
      let n = pixel / (size.x * size.y);
      var at = vec2(pixel / size.y % size.x, pixel % size.y);
      if (INPUT_GRADIENT) { at = at * stride + vec2(vertical.start, horizontal.start); }
      for (var r = 0u; r < 8u; r++) {
        let m = m0 + 8u * r + ty;
        if (m < params.out_channels) {
          let plane = ((split * params.batch + n) * params.groups + g) * params.out_channels + m;
          let i = (plane * params.window.out_h + at.x) * params.window.out_w + at.y;
          finish(sums[2u * r + c / 4u][c % 4u], g * params.out_channels + m, i);
        }
      }
    }
  }
}

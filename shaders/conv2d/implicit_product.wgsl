// A convolution, or its input gradient, as a matrix product that reads images and weights as they lie:
//   out[n, m, h, w] = Σ over channels c and taps of weight[m, c, tap] · x[n, c, y(h, tap), x(w, tap)]
// M are the output's channels, columns its pixels, K walks channels and, within a channel, taps. Forward:
// y(h, ky) = h·stride + ky·dilation − pad. Input gradient: dy is x, the weight is read as [c, m, tap], and
// y(h, ky) = (h + pad − ky·dilation) / stride where that is whole: the pixels of one phase, h mod stride and w mod stride,
// see the same taps, so each workgroup has pixels of one phase and no inserted zero is multiplied. Either way
// y = i·step + offset, with an offset that grows by `tap_delta` from tap to tap.
// 1 × 1 and 3 × 3 taps are written out (KERNEL): which tap a step of K has is a number, what it adds to a pixel's place is
// the same for all threads, and whether it falls into the image is known before. For any others, and channels that don't
// come in fours, the threads work that out for a step each, and share it.
// A thread loads one row and one pixel of a block of 64 × 64, in vec4s along K (lib/block.wgsl). The channels may be cut
// into `splits` slices, whose sums go to out[split] and are summed by another launch. Bound by multiply-adds.
// Uses: block, finish, grid, window.
alias W = vec4<f32>; // four of T, or T unless VECTORS
const INPUT_GRADIENT: bool = false;
const KERNEL: u32 = 1u; // 1 or 3, in both directions, where channels come in fours; else 0
const PADDED: bool = true; // whether a tap may fall outside of the image
const FEW: bool = true; // of KERNEL 0: whether lines and columns of taps are at most 32 together

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
  slice: u32, // channels of a split, in fours where there are several
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> weight: array<W>;
@group(0) @binding(5) var<uniform> params: Params;

const ANY: bool = KERNEL == 0u;
const VECTORS: bool = !INPUT_GRADIENT && !ANY;
const SPAN: u32 = max(KERNEL, 1u);
const TAPS: u32 = SPAN * SPAN;

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

alias Piece = array<vec4<f32>, DEPTH>;

// With ANY taps: what the steps of four blocks add to the place of a pixel (y, x; with FEW instead: the bits of the line and
// the column of taps), to its index in x, and to a row's index in weight.
var<workgroup> steps: array<array<vec4<u32>, 16>, 4>;

// Where the thread's row and pixel begin (for each column of taps), and which taps of the pixel fall into the image.
struct Own {
  weight: u32,
  x: array<u32, SPAN>,
  inside: array<bool, TAPS>,
  place: vec2<u32>,
  bits: u32, // with FEW taps: of lines, from the lowest on, and of columns, from the highest on
}

// How far the channels of a round, and the lines of x in each, lie from the first: the same for all threads.
struct Far {
  weight: array<u32, 16>,
  x: array<u32, 16>,
}

fn distances() -> Far {
  var far: Far;
  for (var i = 0u; i < 16u; i++) {
    far.weight[i] = i * params.out_channels * TAPS;
    far.x[i] = i / SPAN * (params.window.in_h * params.window.in_w) + i % SPAN * params.tap_delta.x * params.window.in_w;
  }
  return far;
}

// The channel of a step of K, and its tap among those that the phase sees.
fn tap_of(k: u32, taps: vec2<u32>) -> vec3<u32> {
  return vec3(k / (taps.x * taps.y), k / taps.y % taps.x, k % taps.y);
}

// That of a step further on, by as much as tap_of(…) says.
fn later(tap: vec3<u32>, by: vec3<u32>, taps: vec2<u32>) -> vec3<u32> {
  var next = tap + by;
  if (next.z >= taps.y) { next = vec3(next.x, next.y + 1u, next.z - taps.y); }
  if (next.y >= taps.x) { next = vec3(next.x + 1u, next.y - taps.x, next.z); }
  return next;
}

fn bits_of(place: vec2<u32>, taps: vec2<u32>) -> u32 {
  var bits = 0u;
  for (var i = 0u; i < taps.x; i++) { bits |= select(0u, 1u << i, place.x + i * params.tap_delta.x < params.window.in_h); }
  for (var i = 0u; i < taps.y; i++) { bits |= select(0u, 0x80000000u >> i, place.y + i * params.tap_delta.y < params.window.in_w); }
  return bits;
}

fn step_of(tap: vec3<u32>, first: vec2<u32>) -> vec4<u32> {
  let seen = tap.yz * params.tap_delta;
  let at = first + tap.yz * params.tap_step;
  return vec4(
    select(seen, vec2((1u << tap.y) | (0x80000000u >> tap.z), 0u), FEW),
    (tap.x * params.window.in_h + seen.x) * params.window.in_w + seen.y,
    (tap.x * params.out_channels * params.window.kernel_h + at.x) * params.window.kernel_w + at.y,
  );
}

fn weight_at(own: Own, far: Far, channel: u32, step: u32) -> f32 {
  return f32(vec4(weight[own.weight + channel * params.out_channels * TAPS + far.weight[step / TAPS] + step % TAPS]).x);
}

fn x_at(own: Own, far: Far, channel: u32, step: u32) -> f32 {
  return f32(x[own.x[step % SPAN] + channel * (params.window.in_h * params.window.in_w) + far.x[step / SPAN]]);
}

// With ANY taps.
fn weight_of(own: Own, k: u32, step: vec4<u32>) -> f32 {
  return f32(vec4(weight[own.weight + select(k, step.w, INPUT_GRADIENT)]).x);
}

fn x_of(own: Own, step: vec4<u32>) -> f32 {
  let place = own.place + step.xy;
  var inside = place.x < params.window.in_h && place.y < params.window.in_w;
  if (FEW) { inside = (own.bits & step.x) == step.x; }
  return select(0.0, f32(x[own.x[0] + step.z]), !PADDED || inside);
}

struct Loaded {
  rows: Piece,
  columns: Piece,
}

// A block of KERNEL 1, whose first channel may be below zero, or part `part` of a round of three with KERNEL 3.
fn load(own: Own, far: Far, channel: u32, part: u32) -> Loaded {
  var loaded: Loaded;
  for (var i = 0u; i < DEPTH; i++) {
    let k = 4u * (part * DEPTH + i);
    if (VECTORS) {
      loaded.rows[i] = vec4<f32>(vec4(weight[own.weight / 4u + u32(i32(channel * TAPS) >> 2u) + k / 4u]));
    } else {
      loaded.rows[i] = vec4(weight_at(own, far, channel, k), weight_at(own, far, channel, k + 1u), weight_at(own, far, channel, k + 2u), weight_at(own, far, channel, k + 3u));
    }
    loaded.columns[i] = vec4(x_at(own, far, channel, k), x_at(own, far, channel, k + 1u), x_at(own, far, channel, k + 2u), x_at(own, far, channel, k + 3u));
  }
  return loaded;
}

// A block of ANY taps that begins with step k: the one of four that `steps` has.
fn load_any(own: Own, k: u32, part: u32) -> Loaded {
  var loaded: Loaded;
  for (var i = 0u; i < 4u * DEPTH; i++) {
    let step = steps[part][i];
    loaded.rows[i / 4u][i % 4u] = weight_of(own, k + i, step);
    loaded.columns[i / 4u][i % 4u] = x_of(own, step);
  }
  return loaded;
}

// A block of which the first `lead` steps don't count.
fn cut(loaded: Loaded, lead: u32) -> Loaded {
  var kept = loaded;
  for (var i = 0u; i < DEPTH; i++) {
    let counts = vec4(4u * i, 4u * i + 1u, 4u * i + 2u, 4u * i + 3u) >= vec4(lead);
    kept.rows[i] = select(vec4(0.0), loaded.rows[i], counts);
    kept.columns[i] = select(vec4(0.0), loaded.columns[i], counts);
  }
  return kept;
}

// What was read outside of the image counts as 0.
fn put(loaded: Loaded, own: Own, part: u32, t: u32) {
  workgroupBarrier();
  for (var i = 0u; i < DEPTH; i++) {
    let step = 4u * (part * DEPTH + i);
    let inside = vec4(own.inside[step % TAPS], own.inside[(step + 1u) % TAPS], own.inside[(step + 2u) % TAPS], own.inside[(step + 3u) % TAPS]);
    blocks[0][8u * i + t / 8u][swizzled(t % 8u, i)] = loaded.rows[i];
    blocks[1][8u * i + t / 8u][swizzled(t % 8u, i)] = select(vec4(0.0), loaded.columns[i], vec4(ANY || !PADDED) | inside);
  }
  workgroupBarrier();
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

  let far = distances();
  let ty = t / 8u;
  let tx = t % 8u;
  let taps = vec2(vertical.taps, horizontal.taps);
  if (ANY && FEW) { own.bits = bits_of(own.place, taps); }
  let start = split * params.slice;
  let channels = select(0u, min(params.slice, params.channels - start), all(taps > vec2(0u))); // a phase may see no tap
  var sums: Sums;
  // In each turn a block is loaded while the one before it is multiplied.
  if (KERNEL == 3u) {
    // A round is four channels. What is loaded past the end isn't used.
    put(load(own, far, start, 0u), own, 0u, t);
    for (var channel = start; channel < start + channels; channel += 4u) {
      let second = load(own, far, channel, 1u);
      multiply_block(&sums, true, true, ty, tx);
      put(second, own, 1u, t);
      let third = load(own, far, channel, 2u);
      multiply_block(&sums, true, true, ty, tx);
      put(third, own, 2u, t);
      let first = load(own, far, channel + 4u, 0u);
      multiply_block(&sums, true, true, ty, tx);
      put(first, own, 0u, t);
    }
  } else if (channels > 0u) {
    // As many steps as the last block would lack come before the first: so all others are whole.
    let length = channels * taps.x * taps.y;
    let lead = (length + BLOCK_K - 1u) / BLOCK_K * BLOCK_K - length;
    let first = vec2(vertical.first, horizontal.first);
    var tap: vec3<u32>;
    var loaded: Loaded;
    if (ANY) {
      tap = tap_of(t + BLOCK_K * taps.x * taps.y - lead, taps);
      tap.x -= BLOCK_K;
      steps[t / 16u][t % 16u] = step_of(tap, first);
      workgroupBarrier();
      loaded = load_any(own, 0u - lead, 0u);
    } else {
      loaded = load(own, far, start - lead, 0u);
    }
    put(cut(loaded, lead), own, 0u, t);
    let by = tap_of(4u * BLOCK_K, taps);
    for (var k = BLOCK_K - lead; k < length; k += BLOCK_K) {
      var loaded: Loaded;
      if (ANY) {
        let part = (k + lead) / BLOCK_K % 4u;
        if (part == 0u) {
          tap = later(tap, by, taps);
          steps[t / 16u][t % 16u] = step_of(tap, first);
          workgroupBarrier();
        }
        loaded = load_any(own, k, part);
      } else {
        loaded = load(own, far, start + k, 0u);
      }
      multiply_block(&sums, true, true, ty, tx);
      put(loaded, own, 0u, t);
    }
    multiply_block(&sums, true, true, ty, tx);
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

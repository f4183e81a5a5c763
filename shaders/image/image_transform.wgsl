// Everything that happens to a batch of images between their bytes and the network, in one pass:
// unpacking, cropping, padding, flipping, resizing or rotating, any affine change of colour, erasing and mixing.
//
// out[n, :, y, x] = colour · source[n, :, v, u] + bias, where (u, v) = view n's affine map of the
// pixel's centre (x + 0.5, y + 0.5); fill where that lies outside the picture. Coordinates are
// continuous, a pixel i reaching from i to i + 1, so that sizes map by their ratio: PyTorch's rule
// for align_corners = false. One thread per output pixel, all its channels.
//
// With LOOKS each image has a colour map and fill of its own, and a rectangle of the output that is erased. With MIXES it is
// blended with another image of the batch, share · own + (1 − share) · other's, by one share within a rectangle and another
// outside of it (mixup: the same in both; cutmix: 0 and 1).
//
// source: [n, channels, height, width], f32 or bytes, four to a word.
// views: 16 floats per image: the map (a b c; d e f), the part of the source to sample
// (x0 x1 y0 y1), the part of the output that shows it (x0 x1 y0 y1), 2 unused.
// looks: 32 words per image: four rows of colour, bias, fill, the erased rectangle (x0 x1 y0 y1), its colour.
// mixes: 8 words per image: the other image's number (u32), the shares within and outside, 1 unused, the rectangle.
// Bandwidth-bound: channels × (1 or 4) gathered reads, neighbours side by side; coalesced writes.
// Uses: grid, planes.
const CHANNELS_IN: u32 = 3u;
const CHANNELS_OUT: u32 = 3u;
const PACKED: bool = false;
const BILINEAR: bool = false;
const LOOKS: bool = false;
const MIXES: bool = false;

struct Params {
  planes: Planes,
  pixels: u32, // of all output images together
  views_at: u32, // where the views start, in words
  looks_at: u32,
  mixes_at: u32,
  colour: array<vec4<f32>, 4>, // a row per output channel
  bias: vec4<f32>,
  fill: vec4<f32>,
}

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read> views: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

fn load(i: u32) -> f32 {
  if (PACKED) {
    return f32((source[i / 4u] >> (8u * (i % 4u))) & 255u);
  }
  return bitcast<f32>(source[i]);
}

// The source pixel in row y and column x of image n.
fn pixel(n: u32, y: u32, x: u32) -> vec4<f32> {
  let plane = params.planes.in_h * params.planes.in_w;
  var at = n * CHANNELS_IN * plane + y * params.planes.in_w + x;
  var value = vec4<f32>(0.0);
  for (var c = 0u; c < CHANNELS_IN; c++) {
    value[c] = load(at);
    at += plane;
  }
  return value;
}

fn four(at: u32) -> vec4<f32> {
  return bitcast<vec4<f32>>(vec4<u32>(views[at], views[at + 1u], views[at + 2u], views[at + 3u]));
}

// area: x0 x1 y0 y1. Up to, but without, the upper bounds.
fn inside(p: vec2<f32>, area: vec4<f32>) -> bool {
  return p.x >= area.x && p.x < area.y && p.y >= area.z && p.y < area.w;
}

fn nearest(n: u32, p: vec2<f32>) -> vec4<f32> {
  return pixel(n, u32(p.y), u32(p.x));
}

fn bilinear(n: u32, p: vec2<f32>, area: vec4<f32>) -> vec4<f32> {
  let last = area.yw - 1.0;
  let s = clamp(p - 0.5, area.xz, last);
  let low = floor(s);
  let high = min(low + 1.0, last);
  let t = s - low;
  let a = vec2<u32>(low);
  let b = vec2<u32>(high);
  let top = mix(pixel(n, a.y, a.x), pixel(n, a.y, b.x), t.x);
  let bottom = mix(pixel(n, b.y, a.x), pixel(n, b.y, b.x), t.x);
  return mix(top, bottom, t.y);
}

// Image n at the output pixel with the centre q.
fn shade(n: u32, q: vec2<f32>) -> vec4<f32> {
  let view = params.views_at + 16u * n;
  let head = four(view); // a b c d
  let tail = four(view + 4u); // e f x0 x1
  let rest = four(view + 8u); // y0 y1, then the output area's x0 x1
  let last = four(view + 12u); // y0 y1, unused
  let area = vec4<f32>(tail.zw, rest.xy);
  let shown = vec4<f32>(rest.zw, last.xy);
  let p = vec2<f32>(
    head.x * q.x + head.y * q.y + head.z,
    head.w * q.x + tail.x * q.y + tail.y,
  );
  let look = params.looks_at + 32u * n;
  if (LOOKS) {
    if (inside(q, four(look + 24u))) { return four(look + 28u); }
  }
  if (!inside(q, shown) || !inside(p, area)) {
    if (LOOKS) { return four(look + 20u); }
    return params.fill;
  }
  var value: vec4<f32>;
  if (BILINEAR) {
    value = bilinear(n, p, area);
  } else {
    value = nearest(n, p);
  }
  var result = params.bias;
  if (LOOKS) { result = four(look + 16u); }
  for (var c = 0u; c < CHANNELS_OUT; c++) {
    var row = params.colour[c];
    if (LOOKS) { row = four(look + 4u * c); }
    result[c] += dot(row, value);
  }
  return result;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.pixels) { return; }
  let o = pixel_of(i, params.planes.out_h, params.planes.out_w);
  let q = vec2<f32>(f32(o.x) + 0.5, f32(o.y) + 0.5);
  var result = shade(o.plane, q);
  if (MIXES) {
    let at = params.mixes_at + 8u * o.plane;
    let mixing = four(at);
    let share = select(mixing.z, mixing.y, inside(q, four(at + 4u)));
    if (share < 1.0) {
      result = share * result + (1.0 - share) * shade(views[at], q);
    }
  }
  let area_out = params.planes.out_h * params.planes.out_w;
  var to = o.plane * CHANNELS_OUT * area_out + i % area_out;
  for (var c = 0u; c < CHANNELS_OUT; c++) {
    out[to] = result[c];
    to += area_out;
  }
}

// Everything that happens to a batch of images between their bytes and the network, in one pass:
// unpacking, cropping, padding, flipping, resizing or rotating, and any affine change of colour.
//
// out[n, :, y, x] = colour · source[n, :, v, u] + bias, where (u, v) = view n's affine map of the
// pixel's centre (x + 0.5, y + 0.5); fill where that lies outside the picture. Coordinates are
// continuous, a pixel i reaching from i to i + 1, so that sizes map by their ratio: PyTorch's rule
// for align_corners = false. One thread per output pixel, all its channels.
//
// source: [n, channels, height, width], f32 or bytes, four to a word.
// views: 16 floats per image: the map (a b c; d e f), the part of the source to sample
// (x0 x1 y0 y1), the part of the output that shows it (x0 x1 y0 y1), 2 unused.
// Bandwidth-bound: channels × (1 or 4) gathered reads, neighbours side by side; coalesced writes.
// Uses: grid, planes.
const CHANNELS_IN: u32 = 3u;
const CHANNELS_OUT: u32 = 3u;
const PACKED: bool = false;
const BILINEAR: bool = false;

struct Params {
  planes: Planes,
  pixels: u32, // of all output images together
  views_at: u32, // where the views start, in words
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

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.pixels) { return; }
  let o = pixel_of(i, params.planes.out_h, params.planes.out_w);
  let view = params.views_at + 16u * o.plane;
  let head = four(view); // a b c d
  let tail = four(view + 4u); // e f x0 x1
  let rest = four(view + 8u); // y0 y1, then the output area's x0 x1
  let last = four(view + 12u); // y0 y1, unused
  let area = vec4<f32>(tail.zw, rest.xy);
  let shown = vec4<f32>(rest.zw, last.xy);
  let q = vec2<f32>(f32(o.x) + 0.5, f32(o.y) + 0.5);
  let p = vec2<f32>(
    head.x * q.x + head.y * q.y + head.z,
    head.w * q.x + tail.x * q.y + tail.y,
  );
  var result = params.fill;
  if (inside(q, shown) && inside(p, area)) {
    var value: vec4<f32>;
    if (BILINEAR) {
      value = bilinear(o.plane, p, area);
    } else {
      value = nearest(o.plane, p);
    }
    result = params.bias;
    for (var c = 0u; c < CHANNELS_OUT; c++) {
      result[c] += dot(params.colour[c], value);
    }
  }
  let area_out = params.planes.out_h * params.planes.out_w;
  var to = o.plane * CHANNELS_OUT * area_out + i % area_out;
  for (var c = 0u; c < CHANNELS_OUT; c++) {
    out[to] = result[c];
    to += area_out;
  }
}

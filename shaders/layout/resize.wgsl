// Planes of pixels x [in_h, in_w] resized to out [out_h, out_w]: row o of the result is taken at (o + before) · step + after
// of the input's rows, and columns alike, clamped to the plane. LINEAR mixes the two pixels on either side along each axis;
// otherwise it is the one pixel at the place rounded down, or up with ROUND_UP.
// GRAD gives the gradient: x is then dy [out_h, out_w] and out is dx [in_h, in_w], each pixel of which collects from all
// that were taken from it, in a fixed order: those lie side by side, because places ascend.
// One thread per element written. Bandwidth-bound; neighbours read the same pixels.
// Uses: grid, planes.
alias T = f32;
const LINEAR: bool = true;
const ROUND_UP: bool = false;
const GRAD: bool = false;

struct Params {
  planes: Planes,
  n: u32, // elements of out
  step: vec2<f32>, // of rows and of columns
  before: vec2<f32>,
  after: vec2<f32>,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// Of one axis: the pixels that are mixed, and how much of the second there is.
struct Mix {
  first: u32,
  second: u32,
  share: f32,
}

fn mix_at(o: u32, axis: u32, size: u32) -> Mix {
  let last = f32(size - 1u);
  let place = (f32(o) + params.before[axis]) * params.step[axis] + params.after[axis];
  if (!LINEAR) {
    let nearest = u32(clamp(select(floor(place), ceil(place), ROUND_UP), 0.0, last));
    return Mix(nearest, nearest, 0.0);
  }
  let inside = clamp(place, 0.0, last);
  let first = u32(inside);
  return Mix(first, min(first + 1u, size - 1u), inside - f32(first));
}

// How much of pixel p there is in element o of the result.
fn share_of(p: u32, o: u32, axis: u32, size: u32) -> f32 {
  let found = mix_at(o, axis, size);
  return select(0.0, 1.0 - found.share, found.first == p) + select(0.0, found.share, found.second == p);
}

// The elements, of `count`, that may hold something of pixel p: those at the edge hold what lies beyond it.
struct Takers {
  first: u32,
  last: u32,
}

fn takers_of(p: u32, axis: u32, size: u32, count: u32) -> Takers {
  var found = Takers(0u, count - 1u);
  let step = params.step[axis];
  let before = params.before[axis];
  let place = f32(p) - params.after[axis];
  if (p > 0u) { found.first = u32(max(floor((place - 1.0) / step - before), 0.0)); }
  if (p < size - 1u) { found.last = u32(clamp(ceil((place + 1.0) / step - before), 0.0, f32(count - 1u))); }
  return found;
}

fn collected(plane: u32, y: u32, column: u32) -> f32 {
  let size = params.planes;
  let rows = takers_of(y, 0u, size.in_h, size.out_h);
  let columns = takers_of(column, 1u, size.in_w, size.out_w);
  var sum = 0.0;
  for (var oh = rows.first; oh <= rows.last; oh++) {
    let vertical = share_of(y, oh, 0u, size.in_h);
    if (vertical == 0.0) { continue; }
    let row = (plane * size.out_h + oh) * size.out_w;
    for (var ow = columns.first; ow <= columns.last; ow++) {
      let share = vertical * share_of(column, ow, 1u, size.in_w);
      if (share != 0.0) { sum += share * f32(x[row + ow]); }
    }
  }
  return sum;
}

fn row_at(start: u32, columns: Mix) -> f32 {
  let first = f32(x[start + columns.first]);
  if (!LINEAR) { return first; }
  return first + columns.share * (f32(x[start + columns.second]) - first);
}

fn taken(plane: u32, y: u32, column: u32) -> f32 {
  let size = params.planes;
  let rows = mix_at(y, 0u, size.in_h);
  let columns = mix_at(column, 1u, size.in_w);
  let start = plane * size.in_h;
  let first = row_at((start + rows.first) * size.in_w, columns);
  if (!LINEAR) { return first; }
  return first + rows.share * (row_at((start + rows.second) * size.in_w, columns) - first);
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let size = params.planes;
  if (GRAD) {
    let p = pixel_of(i, size.in_h, size.in_w);
    out[i] = T(collected(p.plane, p.y, p.x));
  } else {
    let p = pixel_of(i, size.out_h, size.out_w);
    out[i] = T(taken(p.plane, p.y, p.x));
  }
}

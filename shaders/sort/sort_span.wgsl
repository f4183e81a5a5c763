// A bitonic sort (Batcher 1968, https://doi.org/10.1145/1468075.1468121) in workgroup memory, of SPAN pairs (key, place)
// at a time: several short rows, one row, or a part of a long one. FIRST makes the pairs of the rows of x [rows, length],
// filled up to `size` with pairs that come last, and sorts all runs that fit; else one stage of a long row is brought to its
// end. LAST writes the places, in order, to indices; else pairs are kept for sort_far.wgsl.
// A key is a number's bits, so turned that unsigned comparison orders them: NaN behind all others, −0 as 0, as PyTorch.
// 8 KiB of workgroup memory; bound by its barriers, log² SPAN / 2 of them.
// Uses: grid, sorted_pair.
alias T = f32;
const SPAN: u32 = 1024u;
const FIRST: bool = true;
const LAST: bool = true;
const DESCENDING: bool = false;
const FLOAT: bool = true;
const SIGNED: bool = true;

struct Params {
  step: Step,
  rows: u32,
  length: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> pairs: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> indices: array<i32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> span: array<vec2<u32>, SPAN>;

fn key_of(v: T) -> u32 {
  var key = u32(v);
  if (FLOAT) {
    let bits = bitcast<u32>(f32(v));
    let magnitude = bits & 0x7fffffffu;
    key = select(0x80000000u + magnitude, 0x80000000u - magnitude, bits > 0x80000000u);
    if (magnitude > 0x7f800000u) { key = 0xffffffffu; }
  } else if (SIGNED) {
    key ^= 0x80000000u;
  }
  return select(key, ~key, DESCENDING);
}

fn first_pair(i: u32) -> vec2<u32> {
  let row = i / params.step.size;
  let place = i % params.step.size;
  if (row >= params.rows || place >= params.length) { return vec2(0xffffffffu); }
  return vec2(key_of(x[row * params.length + place]), place);
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let start = group_index(group) * SPAN;
  for (var i = local; i < SPAN; i += WORKGROUP) {
    if (FIRST) {
      span[i] = first_pair(start + i);
    } else if (start + i < params.rows * params.step.size) {
      span[i] = pairs[start + i];
    }
  }
  var step = params.step;
  step.stage = select(params.step.stage, 2u, FIRST);
  let last = select(params.step.stage, min(SPAN, params.step.size), FIRST);
  while (step.stage <= last) {
    for (var distance = min(SPAN, step.stage) / 2u; distance > 0u; distance /= 2u) {
      workgroupBarrier();
      for (var i = local; i < SPAN / 2u; i += WORKGROUP) {
        let low = lower_place(i, distance);
        let pair = vec4(span[low], span[low + distance]);
        if (is_wrong(pair.xy, pair.zw, start + low, step)) {
          span[low] = pair.zw;
          span[low + distance] = pair.xy;
        }
      }
    }
    step.stage *= 2u;
  }
  workgroupBarrier();
  for (var i = local; i < SPAN; i += WORKGROUP) {
    let row = (start + i) / params.step.size;
    let place = (start + i) % params.step.size;
    if (row >= params.rows) { continue; }
    if (!LAST) {
      pairs[start + i] = span[i];
    } else if (place < params.length) {
      indices[row * params.length + place] = i32(span[i].y);
    }
  }
}

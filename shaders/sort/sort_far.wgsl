// One step of a bitonic sort between places too far apart for sort_span.wgsl: each thread compares two pairs and exchanges
// them if their order is wrong. Bandwidth-bound: two reads and at most two writes a thread, coalesced.
// Uses: grid, sorted_pair.

struct Params {
  step: Step,
  n: u32, // comparisons
  distance: u32,
}

@group(0) @binding(0) var<storage, read_write> pairs: array<vec2<u32>>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let at = lower_place(i, params.distance);
  let low = pairs[at];
  let high = pairs[at + params.distance];
  if (is_wrong(low, high, at, params.step)) {
    pairs[at] = high;
    pairs[at + params.distance] = low;
  }
}

// to[i] = from[i] over 32-bit words, whatever they hold. Bandwidth-bound, coalesced.
// Uses: grid.

struct Params {
  words: u32,
}

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> target_words: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.words) { return; }
  target_words[i] = source[i];
}

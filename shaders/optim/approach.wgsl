// out[i] += rate · (to[i] − from[i]), in place, where from is out itself (a running average of `to` moves towards it), another
// array (the gradient of rate/2 · |to − from|²) or nothing (that of rate/2 · |to|²).
// Bandwidth-bound: two or three reads and a write per element, coalesced.
// Uses: grid.
const OUT: u32 = 0u;
const SOURCE: u32 = 1u;
const NOTHING: u32 = 2u;
const FROM: u32 = OUT;

struct Params {
  n: u32,
  rate: f32,
}

@group(0) @binding(0) var<storage, read> to: array<f32>;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  var way = to[i];
  if (FROM == OUT) {
    way -= out[i];
  } else if (FROM == SOURCE) {
    way -= source[i];
  }
  out[i] += params.rate * way;
}

// A convolution's weight [out, in, tap] as implicit_product.wgsl reads it: out[g, row, m] with rows (tap, channel)
// and contiguous m. Forward: m is an output channel; input gradient: m is an input channel, and rows have the
// output's. Channels are filled up with zeros to whole chunks, rows to whole blocks, and m to whole fours.
// Bandwidth-bound: a write per element; reads lie `taps` elements apart and stay in cache for the other taps.
// Uses: grid.
alias T = f32;
const INPUT_GRADIENT: bool = false;

struct Params {
  n: u32,
  channels: u32, // of a row's tap, in a group
  padded: u32, // the same in whole chunks
  rows: u32,
  m: u32, // in a group
  m_padded: u32,
  taps: u32,
}

@group(0) @binding(0) var<storage, read> weight: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let m = i % params.m_padded;
  let row = i / params.m_padded % params.rows;
  let g = i / params.m_padded / params.rows;
  let tap = row / params.padded;
  let c = row % params.padded;
  var value = T(0);
  if (m < params.m && c < params.channels && tap < params.taps) {
    var at = (g * params.m + m) * params.channels + c;
    if (INPUT_GRADIENT) { at = (g * params.channels + c) * params.m + m; }
    value = weight[at * params.taps + tap];
  }
  out[i] = value;
}

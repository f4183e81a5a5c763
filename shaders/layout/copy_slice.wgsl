// out[o, offset + j] = x[o, j] for x seen as [outer, row] and out as [outer, out_row]: one operand of
// a concatenation put in its place. Bandwidth-bound, coalesced.
// Uses: grid.
alias T = f32;

struct Params {
  n: u32,
  row: u32,
  out_row: u32,
  offset: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  out[i / params.row * params.out_row + params.offset + i % params.row] = x[i];
}

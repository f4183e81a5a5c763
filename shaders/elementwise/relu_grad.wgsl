// The gradient of ReLU: dx[i] = dy[i], but 0 where the output saved[i] is not above 0. NaNs pass, as through ReLU
// itself. In place (where nobody else needs dy) dx holds dy already and is only touched where something is to be
// zeroed. Bandwidth-bound: in place one read per element, and a read and a write of those, coalesced. T is a scalar,
// or a vec4 with all counts in fours.
// Uses: grid.
alias T = f32;
const IN_PLACE: bool = false;

struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>; // bound to saved when in place
@group(0) @binding(1) var<storage, read> saved: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let off = saved[i] <= T();
  if (!IN_PLACE) {
    dx[i] = select(dy[i], T(), off);
  } else if (any(off)) {
    dx[i] = select(dx[i], T(), off);
  }
}

// Gradient of a maximum or minimum over dimensions: dx[i] = dy[r] / ties[r] where x[i] == out[r], else 0; r is i
// with the reduced dimensions left out. What ties shares the gradient evenly, as in PyTorch's amax; beside a NaN,
// which equals nothing, all of it is NaN. Strides are those of the reduced arrays, 0 along the reduced dimensions.
// Bandwidth-bound: four reads (three of them often cached) and a write.
// Uses: grid, nan, walk.
alias T = f32;

struct Params {
  n: u32,
  dims: array<vec4<u32>, 2>,
  strides: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> out: array<T>;
@group(0) @binding(3) var<storage, read> ties: array<u32>;
@group(0) @binding(4) var<storage, read_write> dx: array<T>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  var r = i;
  if (RANK > 0u) {
    let at = coordinates_of(i, params.dims[0], params.dims[1]);
    r = offset_at(at, params.strides[0], params.strides[1]);
  }
  let share = dy[r] / T(max(ties[r], 1u));
  dx[i] = select(select(T(0), share, x[i] == out[r]), T(nan()), ties[r] == 0u);
}

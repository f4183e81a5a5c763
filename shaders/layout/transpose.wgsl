// A dense copy of a permuted view, for the case that the view's last dimension (q) isn't the
// memory's (p): tiles of p × q pass through workgroup memory, so that reads run along p and
// writes along q, both coalesced. All other dimensions are walked as a batch.
//   out[batch, p, q] = x[batch, q, p]
// The tile has one column more than needed, so that its columns fall into different banks.
// Workgroup memory: 32 × 33 × 4 bytes = 4.1 KiB. Bandwidth-bound: a read and a write per element.
// Uses: grid, walk.
alias T = f32;
const TILE: u32 = 32u;
const THREAD_ROWS: u32 = 8u;

struct Params {
  size_p: u32,
  size_q: u32,
  stride_q_in: u32, // p has stride 1 in x
  stride_p_out: u32, // q has stride 1 in out
  tiles_p: u32,
  tiles_q: u32,
  batch: u32,
  dims: array<vec4<u32>, 2>,
  strides_in: array<vec4<u32>, 2>,
  strides_out: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> tile: array<array<T, TILE + 1u>, TILE>;

@compute @workgroup_size(TILE, THREAD_ROWS) fn main(group: Group, @builtin(local_invocation_id) t: vec3<u32>) {
  let index = group_index(group);
  let q0 = (index % params.tiles_q) * TILE;
  let p0 = (index / params.tiles_q % params.tiles_p) * TILE;
  let batch = index / params.tiles_q / params.tiles_p;
  let place = coordinates_of(batch, params.dims[0], params.dims[1]);
  let at = offset_at(place, params.strides_in[0], params.strides_in[1]);
  let to = offset_at(place, params.strides_out[0], params.strides_out[1]);
  let real = batch < params.batch;
  for (var row = t.y; row < TILE; row += THREAD_ROWS) {
    let p = p0 + t.x;
    let q = q0 + row;
    if (real && p < params.size_p && q < params.size_q) {
      tile[row][t.x] = x[at + q * params.stride_q_in + p];
    }
  }
  workgroupBarrier();
  for (var row = t.y; row < TILE; row += THREAD_ROWS) {
    let p = p0 + row;
    let q = q0 + t.x;
    if (real && p < params.size_p && q < params.size_q) {
      out[to + p * params.stride_p_out + q] = tile[t.x][row];
    }
  }
}

// Gradient of softmax.wgsl from its output y; rows and LANES as there.
//   softmax: dx = y · (dy − Σ y · dy),   log softmax (LOG): dx = dy − exp(y) · Σ dy
// Bandwidth-bound: four reads and a write per element. 512 bytes of workgroup memory.
// Uses: grid, lanes.
alias T = f32;
const LOG: bool = false;

struct Params {
  shape: Rows,
}

@group(0) @binding(0) var<storage, read> y: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

fn scan(base: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var c = lane; c < params.shape.length; c += LANES) {
    let i = base + c * params.shape.inner;
    sum += f32(dy[i]) * select(f32(y[i]), 1.0, LOG);
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP) fn main(group: Group, @builtin(local_invocation_index) local: u32) {
  let own = lane_of(group_index(group), local);
  let base = row_start(own.row, params.shape.length, params.shape.inner);
  var sum = 0.0;
  if (own.row < params.shape.rows) {
    sum = scan(base, own.lane);
  }
  let total = lane_sum(local, vec2(sum, 0.0)).x;
  if (own.row >= params.shape.rows) { return; }
  for (var c = own.lane; c < params.shape.length; c += LANES) {
    let i = base + c * params.shape.inner;
    if (LOG) {
      dx[i] = T(f32(dy[i]) - exp(f32(y[i])) * total);
    } else {
      dx[i] = T(f32(y[i]) * (f32(dy[i]) - total));
    }
  }
}

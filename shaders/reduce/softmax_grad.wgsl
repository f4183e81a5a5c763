// Gradient of softmax.wgsl from its output y; rows and LANES as there.
//   softmax: dx = y · (dy − Σ y · dy),   log softmax (LOG): dx = dy − exp(y) · Σ dy
// Bandwidth-bound: four reads and a write an element. 512 bytes of workgroup memory.
// Uses: grid, lanes.
alias T = f32;
const LOG: bool = false;

struct Params {
  rows: u32,
  length: u32,
  inner: u32,
}

@group(0) @binding(0) var<storage, read> y: array<T>;
@group(0) @binding(1) var<storage, read> dy: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

fn scan(base: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var c = lane; c < params.length; c += LANES) {
    let i = base + c * params.inner;
    sum += f32(dy[i]) * select(f32(y[i]), 1.0, LOG);
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let row = row_of(group_index(group, groups), local);
  let lane = local % LANES;
  let base = row_start(row, params.length, params.inner);
  var sum = 0.0;
  if (row < params.rows) {
    sum = scan(base, lane);
  }
  let total = lane_sum(local, vec2(sum, 0.0)).x;
  if (row >= params.rows) { return; }
  for (var c = lane; c < params.length; c += LANES) {
    let i = base + c * params.inner;
    if (LOG) {
      dx[i] = T(f32(dy[i]) - exp(f32(y[i])) * total);
    } else {
      dx[i] = T(f32(y[i]) * (f32(dy[i]) - total));
    }
  }
}

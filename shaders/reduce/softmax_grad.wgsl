// Gradient of softmax.wgsl from its output y; rows and LANES as there.
//   softmax: dx = y · (dy − Σ y · dy),   log softmax (LOG): dx = dy − exp(y) · Σ dy
// Bandwidth-bound: four reads and a write an element. 256 bytes of workgroup memory.
// Uses: grid.
alias T = f32;
const LANES: u32 = 1u;
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

var<workgroup> partial: array<f32, WORKGROUP>;

fn scan(base: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var c = lane; c < params.length; c += LANES) {
    let i = base + c * params.inner;
    sum += f32(dy[i]) * select(f32(y[i]), 1.0, LOG);
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group_index(group, groups) * (WORKGROUP / LANES) + local / LANES;
  let lane = local % LANES;
  let live = row < params.rows;
  let base = (row / params.inner) * params.length * params.inner + row % params.inner;
  var total = 0.0;
  if (live) {
    total = scan(base, lane);
  }
  if (LANES > 1u) {
    partial[local] = total;
    for (var step = LANES / 2u; step > 0u; step /= 2u) {
      workgroupBarrier();
      if (lane < step) {
        partial[local] += partial[local + step];
      }
    }
    workgroupBarrier();
    total = partial[local - lane];
  }
  if (!live) { return; }
  for (var c = lane; c < params.length; c += LANES) {
    let i = base + c * params.inner;
    if (LOG) {
      dx[i] = T(f32(dy[i]) - exp(f32(y[i])) * total);
    } else {
      dx[i] = T(f32(y[i]) * (f32(dy[i]) - total));
    }
  }
}

// Adaptive averages along one dimension: x [outer, size, inner] → out [outer, count, inner].
// GRAD gives the gradient: dx[p] = Σ dy[o] / length(o) over the windows that cover p; x is then dy and
// out dx. A two-dimensional pool is one pass per dimension, as its windows are rectangles.
// One thread per element written. Bandwidth-bound; global pooling has its own way (reduce.wgsl).
// Uses: adaptive_window, grid.
alias T = f32;
const GRAD: bool = false;

struct Params {
  n: u32,
  size: u32,
  count: u32,
  inner: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

fn average(outer: u32, o: u32, inner: u32) -> f32 {
  let start = adaptive_start(o, params.size, params.count);
  let end = adaptive_end(o, params.size, params.count);
  var sum = 0.0;
  for (var p = start; p < end; p++) {
    sum += f32(x[(outer * params.size + p) * params.inner + inner]);
  }
  return sum / f32(end - start);
}

fn gradient(outer: u32, p: u32, inner: u32) -> f32 {
  // The windows that cover p are, turned round, a window of the output.
  let end = adaptive_end(p, params.count, params.size);
  var sum = 0.0;
  for (var o = adaptive_start(p, params.count, params.size); o < end; o++) {
    let length = adaptive_end(o, params.size, params.count) - adaptive_start(o, params.size, params.count);
    sum += f32(x[(outer * params.count + o) * params.inner + inner]) / f32(length);
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let length = select(params.count, params.size, GRAD);
  let row = i / params.inner;
  if (GRAD) {
    out[i] = T(gradient(row / length, row % length, i % params.inner));
  } else {
    out[i] = T(average(row / length, row % length, i % params.inner));
  }
}

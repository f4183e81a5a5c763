// Gradient of cross_entropy.wgsl; layout and symbols as there.
//   dx[c] = (Q · softmax[c] − q[c]) · g,   Q = Σ q (with LOG_INPUT: −q[c] · g)
//   with OF_TARGET instead: dt[c] = −keep · weight[c] · logp[c] · g, for probabilities
// g = dy of the row; for a mean or sum (SCALAR) the one dy, divided by the denominator when MEAN.
// An ignored row gets 0; a label out of range made Q NaN, and the row's gradient with it.
// One thread per element, neighbours side by side in memory. Bandwidth-bound: a read and a write per element.
// Uses: class_targets, grid.
const OF_TARGET: bool = false;
const SCALAR: bool = true;
const MEAN: bool = true;

struct Params {
  targets: Targets,
  n: u32,
}

@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read> denominator: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<T>;
@group(0) @binding(7) var<uniform> params: Params;

fn upstream(row: u32) -> f32 {
  let g = dy[select(row, 0u, SCALAR)];
  if (MEAN) {
    return g / denominator[0];
  }
  return g;
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let span = i / params.targets.inner;
  let c = span % params.targets.classes;
  let row = (span / params.targets.classes) * params.targets.inner + i % params.targets.inner;
  let g = upstream(row);
  let distance = f32(x[i]) - rows[3u * row]; // from the row's maximum
  let scale = rows[3u * row + 1u];
  if (OF_TARGET) {
    dx[i] = T(-params.targets.keep * class_weight(c) * (distance + log(scale)) * g);
    return;
  }
  var q = params.targets.spread;
  if (PROBABILITIES) {
    q += params.targets.keep * f32(labels[i]);
  } else {
    let label = i32(labels[row]);
    if (label == params.targets.ignore) {
      dx[i] = T(0.0);
      return;
    }
    q += select(0.0, params.targets.keep, i32(c) == label);
  }
  q *= class_weight(c);
  if (LOG_INPUT) {
    dx[i] = T(-q * g);
  } else {
    dx[i] = T((rows[3u * row + 2u] * exp(distance) * scale - q) * g);
  }
}

// out[i] = value[i] · (1 where x[i] > 0, else the slope of its channel), for x [batch, channels, inner]: PReLU where value is x,
// and its gradient with respect to x where value is that of the result.
// He et al. 2015, "Delving Deep into Rectifiers", https://arxiv.org/abs/1502.01852.
// One thread an element, neighbours side by side. Bandwidth-bound: one or two reads and a write.
// Uses: grid.
alias T = f32;

struct Params {
  n: u32,
  channels: u32,
  inner: u32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> value: array<T>;
@group(0) @binding(2) var<storage, read> slope: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let below = slope[i / params.inner % params.channels];
  out[i] = T(f32(value[i]) * select(below, 1.0, x[i] > T(0.0)));
}

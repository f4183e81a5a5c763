// Gradient of local_response_norm.wgsl: with the bases that it kept,
//   dx = dy / base^beta − 2 · alpha · beta · x · Σ dy · x / base^(beta + 1) over all whose windows hold x.
// One thread per element, neighbours side by side; a window's values come from the cache. Bandwidth-bound: three reads and a
// write.
// Uses: channel_window, grid.
struct Params {
  window: ChannelWindow,
  alpha: f32,
  beta: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> bases: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<T>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  let w = params.window;
  if (i >= w.n) { return; }
  let near = neighbours(i, w.after, w.before, w);
  var sum = 0.0;
  for (var at = near.first; at <= near.last; at += w.inner) {
    sum += f32(dy[at]) * f32(x[at]) * pow(bases[at], -params.beta - 1.0);
  }
  let own = f32(dy[i]) * pow(bases[i], -params.beta);
  dx[i] = T(own - 2.0 * params.alpha * params.beta * f32(x[i]) * sum);
}

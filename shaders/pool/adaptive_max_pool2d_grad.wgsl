// Gradient of adaptive max pooling: dx[p] = Σ dy over the windows whose maximum was p. Gathers per
// input element over the windows that cover it (at most two per axis when out <= in), so it is
// deterministic and needs no atomics. One thread per input element. Bandwidth-bound.
// Uses: adaptive_window, grid, max_pool_gradient, planes.

struct Params {
  planes: Planes,
  n: u32,
}

@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let size = params.planes;
  let p = pixel_of(i, size.in_h, size.in_w);
  let plane = p.plane * size.out_h * size.out_w;
  let position = p.y * size.in_w + p.x;
  // The windows that cover a position are, turned round, a window of the output.
  let end_h = adaptive_end(p.y, size.out_h, size.in_h);
  let end_w = adaptive_end(p.x, size.out_w, size.in_w);
  var sum = 0.0;
  for (var oh = adaptive_start(p.y, size.out_h, size.in_h); oh < end_h; oh++) {
    for (var ow = adaptive_start(p.x, size.out_w, size.in_w); ow < end_w; ow++) {
      sum += gradient_for(position, plane + oh * size.out_w + ow);
    }
  }
  dx[i] = T(sum);
}

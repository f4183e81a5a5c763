// Gradient of adaptive max pooling: dx[p] = Σ dy over the windows whose maximum was p. Gathers per
// input element over the windows that cover it (at most two an axis when out <= in), so it is
// deterministic and needs no atomics. One thread an input element. Bandwidth-bound.
// Uses: grid.
alias T = f32;

struct Params {
  n: u32,
  in_h: u32,
  in_w: u32,
  out_h: u32,
  out_w: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> indices: array<i32>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let row = i / params.in_w;
  let h = row % params.in_h;
  let w = i % params.in_w;
  let plane = (row / params.in_h) * params.out_h * params.out_w;
  let position = i32(h * params.in_w + w);
  let end_h = ((h + 1u) * params.out_h + params.in_h - 1u) / params.in_h;
  let end_w = ((w + 1u) * params.out_w + params.in_w - 1u) / params.in_w;
  var sum = 0.0;
  for (var oh = h * params.out_h / params.in_h; oh < end_h; oh++) {
    for (var ow = w * params.out_w / params.in_w; ow < end_w; ow++) {
      let o = plane + oh * params.out_w + ow;
      if (indices[o] == position) {
        sum += f32(dy[o]);
      }
    }
  }
  dx[i] = T(sum);
}

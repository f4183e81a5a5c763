// Gradient of max pooling: dx[p] = sum of dy over the windows whose maximum was p.
// Gathers per input element over the windows that cover it, so it is deterministic and needs no
// atomics: one window when stride = kernel, ceil(kernel / stride)² otherwise.
// One thread an input element, neighbours side by side in the row. Bandwidth-bound.
// Uses: grid.
alias T = f32;

struct Params {
  n: u32,
  in_h: u32,
  in_w: u32,
  out_h: u32,
  out_w: u32,
  stride_h: u32,
  stride_w: u32,
  reach_h: u32, // dilation · (kernel − 1): from a window's first to its last row
  reach_w: u32,
  pad_top: u32,
  pad_left: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> indices: array<i32>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
@group(0) @binding(3) var<uniform> params: Params;

// First window that reaches the padded position `at`.
fn first_window(at: u32, reach: u32, stride: u32) -> u32 {
  return select((at - min(at, reach) + stride - 1u) / stride, 0u, at <= reach);
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let w = i % params.in_w;
  let row = i / params.in_w;
  let h = row % params.in_h;
  let plane = (row / params.in_h) * params.out_h * params.out_w;
  let position = i32(h * params.in_w + w);
  let padded_h = h + params.pad_top;
  let padded_w = w + params.pad_left;
  let end_h = min(padded_h / params.stride_h + 1u, params.out_h);
  let end_w = min(padded_w / params.stride_w + 1u, params.out_w);
  var sum = 0.0;
  for (var oh = first_window(padded_h, params.reach_h, params.stride_h); oh < end_h; oh++) {
    for (var ow = first_window(padded_w, params.reach_w, params.stride_w); ow < end_w; ow++) {
      let o = plane + oh * params.out_w + ow;
      if (indices[o] == position) {
        sum += f32(dy[o]);
      }
    }
  }
  dx[i] = T(sum);
}

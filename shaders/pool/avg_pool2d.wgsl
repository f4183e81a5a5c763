// Average pooling of planes [planes, in_h, in_w] → [planes, out_h, out_w].
// The sum of a window is divided by the positions of it that lie inside the padded input
// (COUNT_PADDING, PyTorch's count_include_pad) or inside the input itself.
// One thread an output element, neighbours side by side in the row. Bandwidth-bound: kernel_h · kernel_w
// reads (shared with neighbouring windows in the cache) and one write an element.
// Uses: grid.
alias T = f32;
const COUNT_PADDING: bool = true;

struct Params {
  n: u32,
  in_h: i32,
  in_w: i32,
  out_h: u32,
  out_w: u32,
  kernel_h: i32,
  kernel_w: i32,
  stride_h: i32,
  stride_w: i32,
  pad_top: i32,
  pad_bottom: i32,
  pad_left: i32,
  pad_right: i32,
}

@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> out: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let row = i / params.out_w;
  let plane = i32(row / params.out_h) * params.in_h * params.in_w;
  let top = i32(row % params.out_h) * params.stride_h - params.pad_top;
  let left = i32(i % params.out_w) * params.stride_w - params.pad_left;
  let padded_bottom = min(top + params.kernel_h, params.in_h + params.pad_bottom);
  let padded_right = min(left + params.kernel_w, params.in_w + params.pad_right);
  let first_h = max(top, 0);
  let first_w = max(left, 0);
  let end_h = min(padded_bottom, params.in_h);
  let end_w = min(padded_right, params.in_w);
  var sum = 0.0;
  for (var h = first_h; h < end_h; h++) {
    for (var w = first_w; w < end_w; w++) {
      sum += f32(x[plane + h * params.in_w + w]);
    }
  }
  var count = max(1, (end_h - first_h) * (end_w - first_w));
  if (COUNT_PADDING) {
    count = (padded_bottom - top) * (padded_right - left);
  }
  out[i] = T(sum / f32(count));
}

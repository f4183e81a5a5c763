// Gradient of average pooling: dx[p] = Σ dy / count over the windows that cover p; counts as in
// avg_pool2d.wgsl. Gathers per input element, so it is deterministic and needs no atomics.
// One thread an input element, neighbours side by side in the row. Bandwidth-bound.
// Uses: grid.
alias T = f32;
const COUNT_PADDING: bool = true;

struct Params {
  n: u32,
  in_h: i32,
  in_w: i32,
  out_h: i32,
  out_w: i32,
  kernel_h: i32,
  kernel_w: i32,
  stride_h: i32,
  stride_w: i32,
  pad_top: i32,
  pad_bottom: i32,
  pad_left: i32,
  pad_right: i32,
}

@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read_write> dx: array<T>;
@group(0) @binding(2) var<uniform> params: Params;

// First window that reaches the padded position `at`.
fn first_window(at: i32, kernel: i32, stride: i32) -> i32 {
  return max(0, (at - kernel + stride) / stride);
}

// Positions of a window that count along one axis; `start` is its first, in the input.
fn counted(start: i32, kernel: i32, size: i32, pad_end: i32) -> i32 {
  if (COUNT_PADDING) {
    return min(start + kernel, size + pad_end) - start;
  }
  return min(start + kernel, size) - max(start, 0);
}

@compute @workgroup_size(WORKGROUP) fn main(thread: Thread) {
  let i = linear_index(thread);
  if (i >= params.n) { return; }
  let row = i / u32(params.in_w);
  let plane = i32(row / u32(params.in_h)) * params.out_h * params.out_w;
  let h = i32(row % u32(params.in_h)) + params.pad_top;
  let w = i32(i % u32(params.in_w)) + params.pad_left;
  let end_h = min(h / params.stride_h + 1, params.out_h);
  let end_w = min(w / params.stride_w + 1, params.out_w);
  var sum = 0.0;
  for (var oh = first_window(h, params.kernel_h, params.stride_h); oh < end_h; oh++) {
    let top = oh * params.stride_h - params.pad_top;
    let rows = counted(top, params.kernel_h, params.in_h, params.pad_bottom);
    for (var ow = first_window(w, params.kernel_w, params.stride_w); ow < end_w; ow++) {
      let left = ow * params.stride_w - params.pad_left;
      let columns = counted(left, params.kernel_w, params.in_w, params.pad_right);
      sum += f32(dy[plane + oh * params.out_w + ow]) / f32(rows * columns);
    }
  }
  dx[i] = T(sum);
}

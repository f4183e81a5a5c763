// A window that slides over planes [in_h, in_w] and gives planes [out_h, out_w]: that of a convolution or of a pool.
// Names end in _h for what counts rows, in _w for columns. Positions count from the padding's first row or column,
// unless said otherwise.
struct Window {
  @align(16) in_h: u32,
  in_w: u32,
  out_h: u32,
  out_w: u32,
  kernel_h: u32,
  kernel_w: u32,
  stride_h: u32,
  stride_w: u32,
  dilation_h: u32,
  dilation_w: u32,
  pad_top: u32,
  pad_bottom: u32,
  pad_left: u32,
  pad_right: u32,
}

// Where window o begins, in the input rather than the padding: below zero in the padding.
fn window_start(o: u32, stride: u32, pad: u32) -> i32 {
  return i32(o * stride) - i32(pad);
}

// The first window that reaches a position; `reach` is from a window's first to its last row.
fn first_window(at: u32, reach: u32, stride: u32) -> u32 {
  return select((at - min(at, reach) + stride - 1u) / stride, 0u, at <= reach);
}

// The end of those that do, of `count`.
fn end_window(at: u32, stride: u32, count: u32) -> u32 {
  return min(at / stride + 1u, count);
}

// Taps of a window that may fall on a position.
struct Taps {
  first: u32,
  step: u32,
}

// Without dilation those that do are a stride apart; with it they are looked for one by one.
fn taps_on(at: u32, stride: u32, dilation: u32) -> Taps {
  let plain = dilation == 1u;
  return Taps(select(0u, at % stride, plain), select(1u, stride, plain));
}

const NO_WINDOW: u32 = 0xffffffffu;

// The window, of `count`, whose tap falls on a position.
fn window_on(at: u32, tap: u32, stride: u32, dilation: u32, count: u32) -> u32 {
  let start = at - tap * dilation; // wraps when negative, and is then too large
  let window = start / stride;
  return select(window, NO_WINDOW, start > at || window >= count || window * stride != start);
}

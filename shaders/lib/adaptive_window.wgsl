// Windows of adaptive pools along one axis: of `count` over `size` positions, window o covers
// floor(o · size / count) … ceil((o + 1) · size / count) − 1 (PyTorch's rule).
fn adaptive_start(o: u32, size: u32, count: u32) -> u32 {
  return o * size / count;
}

fn adaptive_end(o: u32, size: u32, count: u32) -> u32 {
  return ((o + 1u) * size + count - 1u) / count;
}

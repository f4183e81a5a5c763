// What an average pool divides by.
const COUNT_PADDING: bool = true; // positions in the padding count too

// How many positions of a window count along one axis; `start` is its first, in the input.
fn counted(start: i32, kernel: u32, size: u32, pad_end: u32) -> i32 {
  if (COUNT_PADDING) { return min(start + i32(kernel), i32(size + pad_end)) - start; }
  return min(start + i32(kernel), i32(size)) - max(start, 0);
}

// Depthwise convolutions on GPUs: a thread has ROWS rows of four pixels that lie side by side. What the convolution is
// like are constants, so that loops over taps are unrolled, places are a thread's own plus numbers, and what several
// taps see is loaded once, several pixels at a time. Planes are (n, channel).
// Uses: planes.
const KERNEL_H: u32 = 3u;
const KERNEL_W: u32 = 3u;
const STRIDE_H: u32 = 1u;
const STRIDE_W: u32 = 1u;
const DILATION_H: u32 = 1u;
const DILATION_W: u32 = 1u;
const PAD_H: u32 = 1u; // at the top
const PAD_W: u32 = 1u; // at the left
const ROWS: u32 = 4u;

// The first of a thread's pixels.
fn first_pixel(index: u32, height: u32, width: u32) -> Pixel {
  let band = pixel_of(index, (height + ROWS - 1u) / ROWS, (width + 3u) / 4u);
  return Pixel(band.plane, band.y * ROWS, band.x * 4u);
}

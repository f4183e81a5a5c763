// Planes of pixels, [height, width] each, one after the other.
struct Planes {
  in_h: u32,
  in_w: u32,
  out_h: u32,
  out_w: u32,
}

struct Pixel {
  plane: u32,
  y: u32,
  x: u32,
}

// Where element i of planes of this size lies.
fn pixel_of(i: u32, height: u32, width: u32) -> Pixel {
  let row = i / width;
  return Pixel(row / height, row % height, i % width);
}

// Tiles of Winograd's method F(M × M, 3 × 3): tile t of an image makes M × M output pixels of a channel, from a
// patch of E × E pixels of the input. What is transformed is [ξ, channel, t], ξ counting rows and columns of a
// patch, or (tile_major) [ξ, t, channel].
const M: u32 = 4u; // 2 or 4
const E: u32 = M + 2u;

struct Tiles {
  @align(16) channels: u32,
  tiles_y: u32, // of an image
  tiles_x: u32,
  tiles: u32, // in the chunk of images, rounded up to a multiple of four: those beyond its images are zero
  images: u32, // in the chunk
  first: u32, // image of the chunk
  tile_major: u32, // 1 or 0
}

struct Tile {
  channel: u32,
  plane: u32, // (image, channel)
  y: u32, // of its first output pixel
  x: u32,
  beyond: bool, // the chunk's images
}

fn tile_at(t: u32, channel: u32, s: Tiles) -> Tile {
  let per_image = s.tiles_y * s.tiles_x;
  let plane = (s.first + t / per_image) * s.channels + channel;
  let beyond = t >= s.images * per_image;
  return Tile(channel, plane, t % per_image / s.tiles_x * M, t % s.tiles_x * M, beyond);
}

// The tile whose transform is number `index` of a plane ξ.
fn tile_of(index: u32, s: Tiles) -> Tile {
  if (s.tile_major == 1u) { return tile_at(index / s.channels, index % s.channels, s); }
  return tile_at(index % s.tiles, index / s.tiles, s);
}

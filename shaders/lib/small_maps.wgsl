// 3 × 3 convolutions of maps of 2 × 2 pixels, each a vec4, for quads of threads. A workgroup has one tile of the channels that
// its threads lie along, and one row of what they do in turn.
// Uses: grid.
struct SmallMaps {
  @align(16) batch: u32,
  fours: u32, // of input channels
  out_channels: u32,
  tiles: u32,
}

fn own_row(maps: SmallMaps, group: Group) -> u32 {
  return group_index(group) / maps.tiles;
}

// Of a thread's channels, or of fours of them.
fn own_channel(maps: SmallMaps, group: Group, local: u32) -> u32 {
  return group_index(group) % maps.tiles * WORKGROUP + local;
}

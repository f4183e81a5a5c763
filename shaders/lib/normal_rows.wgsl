// Rows of x [samples, channels, inner] that are normalised each by itself, with a weight for each channel. A row is what
// one group of channels has of a sample (GROUPED; with one group and an inner size of 1 it is a whole sample), or, STRIDED,
// the channels of one place of the inner dimension.
// Uses: channel_share.
const STRIDED: bool = false;
const GROUPED: bool = false;

struct NormalRows {
  @align(16) rows: u32,
  length: u32, // values of a row
  inner: u32,
  groups: u32, // of a sample
  per_group: u32, // channels
}

// The rows as channels of an array, for channel_share.wgsl.
fn shares_of_rows(r: NormalRows) -> Shares {
  if (STRIDED) { return Shares(r.inner, 1u, r.length, 1u, r.length); }
  return Shares(1u, r.length, r.length, 1u, r.length);
}

// What a lane takes of a row: nothing where there is no such row.
fn row_share(row: u32, lane: u32, r: NormalRows) -> ChannelShare {
  var start = row;
  if (STRIDED) { start = row / r.inner * r.length * r.inner + row % r.inner; }
  return ChannelShare(row, start, lane, select(0u, r.length, row < r.rows));
}

// The channel of value k of a row.
fn channel_of(k: u32, row: u32, r: NormalRows) -> u32 {
  if (GROUPED) { return row % r.groups * r.per_group + k / r.inner; }
  return k;
}

// The row of a channel's value at a place (sample, place of the inner dimension), with so many rows of a sample.
fn row_of(place: vec2<u32>, channel: u32, rows_of_sample: u32, per_group: u32) -> u32 {
  if (STRIDED) { return place.x * rows_of_sample + place.y; }
  return place.x * rows_of_sample + channel / per_group;
}

// A channel's values in an array [batch, channels, inner], dealt out in shares to LANES threads each: side by side
// in a row, or (1) each to one thread, where rows are so short that neighbouring threads had better take
// neighbouring channels.
// Uses: lanes.
struct Shares {
  @align(16) channels: u32,
  inner: u32,
  count: u32, // batch · inner
  shares: u32,
  share: u32, // values of a share
}

// A thread's values: every LANES-th of share number `index`, from value `start` to before `end` of the channel.
struct ChannelShare {
  index: u32,
  channel: u32,
  start: u32,
  end: u32,
}

fn channel_share(index: u32, lane: u32, shape: Shares) -> ChannelShare {
  let share = index / shape.channels;
  let end = min((share + 1u) * shape.share, shape.count);
  return ChannelShare(index, index % shape.channels, share * shape.share + lane, end);
}

// Whether there is such a share.
fn is_share(index: u32, shape: Shares) -> bool {
  return index < shape.shares * shape.channels;
}

// (sample, place in its channel) of value k of a channel.
fn value_place(k: u32, shape: Shares) -> vec2<u32> {
  return vec2(k / shape.inner, k % shape.inner);
}

// That of the value LANES further on.
fn next_place(at: vec2<u32>, shape: Shares) -> vec2<u32> {
  let i = at.y + LANES;
  if (i < shape.inner) { return vec2(at.x, i); }
  return vec2(at.x + i / shape.inner, i % shape.inner);
}

// Where it lies in the array.
fn value_at(at: vec2<u32>, channel: u32, shape: Shares) -> u32 {
  return (at.x * shape.channels + channel) * shape.inner + at.y;
}

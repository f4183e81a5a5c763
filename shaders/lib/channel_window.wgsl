// Windows over the channels of x [batch, channels, inner]: of element i, `before` channels before its own and `after` behind.
alias T = f32;

struct ChannelWindow {
  @align(16) n: u32,
  channels: u32,
  inner: u32,
  before: u32,
  after: u32,
}

// The neighbours of element i: from `first`, `inner` apart, to `last`.
struct Neighbours {
  first: u32,
  last: u32,
}

fn neighbours(i: u32, before: u32, after: u32, w: ChannelWindow) -> Neighbours {
  let channel = i / w.inner % w.channels;
  return Neighbours(i - min(before, channel) * w.inner, i + min(after, w.channels - 1u - channel) * w.inner);
}

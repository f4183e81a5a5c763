// (Σ dy, Σ dy · (x − mean)) of the values that one lane of a channel's share takes.
// Uses: channel_share, lanes, normalized.
fn sums_of(own: ChannelShare, shape: Shares) -> vec2<f32> {
  var place = value_place(own.start, shape);
  var sum = vec2(0.0, 0.0);
  for (var k = own.start; k < own.end; k += LANES) {
    let at = value_at(place, own.channel, shape);
    let g = f32(dy[at]);
    sum += vec2(g, g * centered(at, own.channel));
    place = next_place(place, shape);
  }
  return sum;
}

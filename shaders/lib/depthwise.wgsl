// Sizes of a depthwise convolution: one input channel per group, `multiplier` output channels each.
struct Depthwise {
  channels: u32,
  out_channels: u32,
  multiplier: u32,
  batch: u32,
}

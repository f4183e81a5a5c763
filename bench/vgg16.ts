/** VGG-16's distinct 3×3 convolutions (Simonyan & Zisserman 2015, configuration D). */
export const VGG16_CONVOLUTIONS: readonly {
  readonly channels: number;
  readonly outChannels: number;
  /** Of the network's input before the layer. */
  readonly halvings: number;
  /** How many layers of the network are like this. */
  readonly count: number;
}[] = [
  { channels: 3, outChannels: 64, halvings: 0, count: 1 },
  { channels: 64, outChannels: 64, halvings: 0, count: 1 },
  { channels: 64, outChannels: 128, halvings: 1, count: 1 },
  { channels: 128, outChannels: 128, halvings: 1, count: 1 },
  { channels: 128, outChannels: 256, halvings: 2, count: 1 },
  { channels: 256, outChannels: 256, halvings: 2, count: 2 },
  { channels: 256, outChannels: 512, halvings: 3, count: 1 },
  { channels: 512, outChannels: 512, halvings: 3, count: 2 },
  { channels: 512, outChannels: 512, halvings: 4, count: 3 },
];

/** Inputs at which its convolutions are timed one by one. */
export const VGG16_INPUTS = [
  { inputSize: 32, batch: 8 },
  { inputSize: 224, batch: 1 },
] as const;

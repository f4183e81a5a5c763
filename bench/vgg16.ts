import { VGG_CONFIGURATIONS } from "../src/models/index.ts";

/** A 3×3 convolution of VGG-16. */
export interface Convolution {
  readonly channels: number;
  readonly outChannels: number;
  /** Of the network's input before the layer. */
  readonly halvings: number;
  /** How many layers of the network are like this. */
  readonly count: number;
}

/** Its distinct convolutions, in their order. */
export const VGG16_CONVOLUTIONS = distinctConvolutions();

function distinctConvolutions(): readonly Convolution[] {
  const found = new Map<string, Convolution>();
  let [channels, halvings] = [3, 0];
  for (const entry of VGG_CONFIGURATIONS.vgg16) {
    if (entry === "M") {
      halvings += 1;
      continue;
    }
    const key = `${channels} ${entry} ${halvings}`;
    const count = (found.get(key)?.count ?? 0) + 1;
    found.set(key, { channels, outChannels: entry, halvings, count });
    channels = entry;
  }
  return [...found.values()];
}

/** Inputs at which its convolutions are timed one by one. */
export const VGG16_INPUTS = [
  { inputSize: 32, batch: 8 },
  { inputSize: 224, batch: 1 },
] as const;

import { type Conv2d, init, type Linear } from "../nn/index.ts";

/**
 * Gives a layer small weights and no shift, as the papers of transformers and of ConvNeXt have it. Theirs are truncated where
 * the normal distribution hardly reaches.
 */
export function smallWeights<Layer extends Conv2d | Linear>(layer: Layer): Layer {
  init.normal_(layer.weight, 0, 0.02);
  init.zeros_(layer.bias!);
  return layer;
}

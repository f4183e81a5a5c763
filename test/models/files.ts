import type { WeightFile, WeightTensor } from "../../src/formats/index.ts";
import { findSpec } from "../../src/models/index.ts";

/** A weight file with tensors of these shapes and no values. */
export function fileOfShapes(
  shapes: Readonly<Record<string, readonly number[]>>,
  metadata: Record<string, string> = {},
): WeightFile {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, WeightTensor] => [
    name,
    { name, shape, dtype: "f32", data: () => new Float32Array(shape.reduce((a, b) => a * b, 1)) },
  ]);
  return { format: "safetensors", tensors: new Map(tensors), metadata, notes: [] };
}

/** Shapes of the tensors before the classifier, under torchvision's (or Keras') names. */
export function trunkShapes(
  network: string,
  alpha = 1,
  inChannels = 3,
): Record<string, readonly number[]> {
  const { trunk } = findSpec(network) ?? {};
  if (!trunk) throw new Error(`${network} isn't known from tensors`);
  return Object.fromEntries(trunk({ inChannels, alpha }).tensors);
}

import type { WeightFile, WeightTensor } from "../../src/formats/index.ts";

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

/** 3×3 convolutions with these output channels, named as in torchvision's VGGs. */
export function vggShapes(channels: readonly number[]): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  channels.forEach((out, i) => {
    shapes[`features.${2 * i}.weight`] = [out, i > 0 ? channels[i - 1] : 3, 3, 3];
  });
  return shapes;
}

export const VGG16 = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];

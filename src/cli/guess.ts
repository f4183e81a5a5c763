import type { WeightFile } from "../formats/index.ts";

/** Output channels of the convolutions, in the order of the file. */
const CONVOLUTIONS: Readonly<Record<string, string>> = {
  vgg11: "64,128,256,256,512,512,512,512",
  vgg13: "64,64,128,128,256,256,512,512,512,512",
  vgg16: "64,64,128,128,256,256,256,512,512,512,512,512,512",
  vgg19: "64,64,128,128,256,256,256,256,512,512,512,512,512,512,512,512",
  small_vgg: "8,8,16,16,32,32,64,64",
  simple_cnn: "32",
  lenet: "6,16",
};

/** The first convolution's shape and how many there are, the classifier's left out. */
const FIRST_AND_COUNT: Readonly<Record<string, string>> = {
  resnet18: "64,3,7,7 × 20",
  resnet34: "64,3,7,7 × 36",
  resnet50: "64,3,7,7 × 53",
  resnet20: "16,3,3,3 × 19",
  squeezenet1_0: "96,3,7,7 × 25",
  squeezenet1_1: "64,3,3,3 × 25",
};

/** The architecture that a file's tensors look like; null when none is close. */
export function guessArchitecture(file: WeightFile): string | null {
  const kernels = convolutionShapes(file);
  const mobile = guessMobileNet(kernels);
  if (mobile) return mobile;
  const outputs = kernels.map(([out]) => out).join();
  const found = nameOf(CONVOLUTIONS, outputs);
  if (found) return found.startsWith("vgg") && hasBatchNorm(file) ? `${found}_bn` : found;
  const classifier = [...file.tensors].some(
    ([name, { shape }]) => name.startsWith("classifier") && shape.length === 4,
  );
  const count = kernels.length - (classifier ? 1 : 0);
  return nameOf(FIRST_AND_COUNT, `${kernels[0]?.join()} × ${count}`);
}

function nameOf(table: Readonly<Record<string, string>>, value: string): string | null {
  return Object.entries(table).find(([, known]) => known === value)?.[0] ?? null;
}

/** Shapes [out, in, height, width] of the file's convolutions. */
export function convolutionShapes(file: WeightFile): (readonly number[])[] {
  return [...file.tensors.values()].map(({ shape }) => shape).filter(({ length }) => length === 4);
}

/** Shapes [out, in] of the file's linear layers. */
export function linearShapes(file: WeightFile): (readonly number[])[] {
  return [...file.tensors.values()].map(({ shape }) => shape).filter(({ length }) => length === 2);
}

function hasBatchNorm(file: WeightFile): boolean {
  return [...file.tensors.keys()].some((name) => /running_?mean|moving_mean/i.test(name));
}

/** By the number of depthwise 3×3 convolutions. */
function guessMobileNet(kernels: readonly (readonly number[])[]): string | null {
  const depthwise = kernels.filter(([, channels, height]) => channels === 1 && height === 3);
  if (kernels.length < 2 * depthwise.length) return null;
  if (depthwise.length === 13) return "mobilenet_v1";
  return depthwise.length === 17 ? "mobilenet_v2" : null;
}

/** The input's side that a VGG's first linear layer, on a flattened map of 512 channels, is made for. */
export function guessSize(file: WeightFile): number | undefined {
  if (!guessArchitecture(file)?.startsWith("vgg")) return undefined;
  const side = Math.sqrt((linearShapes(file)[0]?.[1] ?? 0) / 512);
  return side >= 1 && Number.isInteger(side) ? 32 * side : undefined;
}

/** A MobileNet's width multiplier: its first convolution has 32 channels at 1. */
export function guessAlpha(file: WeightFile): number | undefined {
  const first = convolutionShapes(file).find(([, channels]) => channels === 3);
  return first && first[0] / 32;
}

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

/** The architecture that a file's tensors look like; null when none is close. */
export function guessArchitecture(file: WeightFile): string | null {
  const kernels = convolutionShapes(file);
  if (isMobileNet(kernels)) return "mobilenet_v1";
  const outputs = kernels.map(([out]) => out).join();
  const found = Object.entries(CONVOLUTIONS).find(([, channels]) => channels === outputs);
  if (!found) return null;
  const [name] = found;
  return name.startsWith("vgg") && hasBatchNorm(file) ? `${name}_bn` : name;
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

/** 13 depthwise 3×3 convolutions, each after another of 1×1 (or the first one). */
function isMobileNet(kernels: readonly (readonly number[])[]): boolean {
  const depthwise = kernels.filter(([, channels, height]) => channels === 1 && height === 3);
  return depthwise.length === 13 && kernels.length >= 27;
}

/** A MobileNet's width multiplier: its first convolution has 32 channels at 1. */
export function guessAlpha(file: WeightFile): number | undefined {
  const first = convolutionShapes(file).find(([, channels]) => channels === 3);
  return first && first[0] / 32;
}

import { BatchNorm2d, Conv2d, init, type Module, Sequential } from "../nn/index.ts";

export interface ConvNormOptions {
  readonly kernelSize?: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly norm?: (channels: number) => Module;
  /** None where a shortcut is added to the result. */
  readonly activation?: () => Module;
}

/** torchvision's Conv2dNormActivation: "0" a "same" convolution without bias, "1" its normalisation, "2" the activation. */
export function convNormActivation(
  inputs: number,
  outputs: number,
  options: ConvNormOptions,
): Sequential {
  const { kernelSize = 1, stride = 1, groups = 1, activation } = options;
  const { norm = (channels) => new BatchNorm2d(channels) } = options;
  const padding = (kernelSize - 1) / 2;
  const conv = new Conv2d(inputs, outputs, kernelSize, { stride, padding, groups, bias: false });
  init.kaimingNormal_(conv.weight, { mode: "fanOut" });
  return new Sequential(conv, norm(outputs), ...(activation ? [activation()] : []));
}

import {
  type AvgPool2dOptions,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  type MaxPool2dOptions,
  maxPool2d,
  type Tensor,
} from "../autograd/index.ts";
import { checkOptions, resolveWindow } from "../base/index.ts";
import { Module } from "./module.ts";

type Size = number | readonly [number, number];
type AdaptiveSize = number | readonly [number | null, number | null];

/** Maximum over windows; stride defaults to the kernel size. */
export class MaxPool2d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: Omit<MaxPool2dOptions, "kernelSize"> = {},
  ) {
    super();
    checkOptions("MaxPool2d", options, ["stride", "padding", "dilation", "ceilMode"]);
    resolveWindow("MaxPool2d", [1, 1], { ...options, kernelSize }); // checks it
  }

  override forward(input: Tensor): Tensor {
    return maxPool2d(input, { kernelSize: this.kernelSize, ...this.options });
  }
}

/** Mean over windows; stride defaults to the kernel size. */
export class AvgPool2d extends Module {
  constructor(
    readonly kernelSize: Size,
    readonly options: Omit<AvgPool2dOptions, "kernelSize"> = {},
  ) {
    super();
    checkOptions("AvgPool2d", options, ["stride", "padding", "ceilMode", "countIncludePad"]);
    resolveWindow("AvgPool2d", [1, 1], { ...options, kernelSize }); // checks it
  }

  override forward(input: Tensor): Tensor {
    return avgPool2d(input, { kernelSize: this.kernelSize, ...this.options });
  }
}

/** Mean over as many windows as give an output of the wanted size; null keeps the input's. */
export class AdaptiveAvgPool2d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool2d(input, this.outputSize);
  }
}

/** Maximum over as many windows as give an output of the wanted size; null keeps the input's. */
export class AdaptiveMaxPool2d extends Module {
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return adaptiveMaxPool2d(input, this.outputSize);
  }
}

import { type Conv2dOptions, conv2d, type Tensor, zeros } from "../autograd/index.ts";
import { checkOptions, resolveWindow } from "../base/index.ts";
import { defaultUniform_ } from "./init.ts";
import { Module } from "./module.ts";

export interface Conv2dConfig extends Conv2dOptions {
  bias?: boolean;
}

/**
 * 2-D convolution over [N, inChannels, H, W]; weight [outChannels, inChannels / groups, kH, kW].
 * Initialised as PyTorch does: uniform in ±1/√fanIn.
 */
export class Conv2d extends Module {
  weight: Tensor;
  bias: Tensor | null;
  readonly kernelSize: readonly [number, number];
  readonly options: Conv2dOptions;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: number | readonly [number, number],
    config: Conv2dConfig = {},
  ) {
    super();
    checkOptions("Conv2d", config, ["stride", "padding", "dilation", "groups", "bias"]);
    const { bias = true, ...options } = config;
    const groups = options.groups ?? 1;
    if (inChannels % groups || outChannels % groups) {
      throw new Error(
        `Conv2d: channels ${inChannels} → ${outChannels} can't be divided into ${groups} groups`,
      );
    }
    this.options = options;
    this.kernelSize = typeof kernelSize === "number" ? [kernelSize, kernelSize] : kernelSize;
    resolveWindow("Conv2d", this.kernelSize, { ...options, kernelSize }); // checks it
    const [kh, kw] = this.kernelSize;
    const fanIn = (inChannels / groups) * kh * kw;
    this.weight = zeros([outChannels, inChannels / groups, kh, kw], { requiresGrad: true });
    this.bias = bias ? zeros([outChannels], { requiresGrad: true }) : null;
    defaultUniform_(this.weight, this.bias, fanIn);
  }

  override forward(input: Tensor): Tensor {
    return conv2d(input, this.weight, this.bias, this.options);
  }
}

import {
  type ConvTranspose2dOptions,
  convTranspose2d,
  type Tensor,
  zeros,
} from "../autograd/index.ts";
import { checkOptions, resolveWindow } from "../base/index.ts";
import { defaultUniform_ } from "./init.ts";
import { Module } from "./module.ts";

export interface ConvTranspose2dConfig extends ConvTranspose2dOptions {
  bias?: boolean;
}

/**
 * 2-D transposed convolution over [N, inChannels, H, W]; weight [inChannels, outChannels / groups, kH, kW].
 * Initialised as PyTorch does: uniform in ±1/√(outChannels / groups · kH · kW).
 */
export class ConvTranspose2d extends Module {
  weight: Tensor;
  bias: Tensor | null;
  readonly kernelSize: readonly [number, number];
  readonly options: ConvTranspose2dOptions;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: number | readonly [number, number],
    config: ConvTranspose2dConfig = {},
  ) {
    super();
    const known = ["stride", "padding", "outputPadding", "dilation", "groups", "bias"];
    checkOptions("ConvTranspose2d", config, known);
    const { bias = true, ...options } = config;
    const { outputPadding: _, groups = 1, ...window } = options;
    if (inChannels % groups || outChannels % groups) {
      throw new Error(
        `ConvTranspose2d: channels ${inChannels} → ${outChannels} can't be divided into ${groups} groups`,
      );
    }
    this.options = options;
    this.kernelSize = typeof kernelSize === "number" ? [kernelSize, kernelSize] : kernelSize;
    resolveWindow("ConvTranspose2d", this.kernelSize, { ...window, kernelSize }); // checks it
    const [kh, kw] = this.kernelSize;
    this.weight = zeros([inChannels, outChannels / groups, kh, kw], { requiresGrad: true });
    this.bias = bias ? zeros([outChannels], { requiresGrad: true }) : null;
    defaultUniform_(this.weight, this.bias, (outChannels / groups) * kh * kw);
  }

  override forward(input: Tensor): Tensor {
    return convTranspose2d(input, this.weight, this.bias, this.options);
  }
}

import {
  type AvgPool1dOptions,
  adaptiveAvgPool1d,
  adaptiveMaxPool1d,
  avgPool1d,
  type Conv1dOptions,
  conv1d,
  type MaxPool1dOptions,
  maxPool1d,
  type Tensor,
  zeros,
} from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { defaultUniform_ } from "./init.ts";
import { Module } from "./module.ts";

// Layers over signals [N, C, L].

export interface Conv1dConfig extends Conv1dOptions {
  bias?: boolean;
}

/**
 * 1-D convolution over [N, inChannels, L]; weight [outChannels, inChannels / groups, kernelSize].
 * Initialised as PyTorch does: uniform in ±1/√fanIn.
 */
export class Conv1d extends Module {
  weight: Tensor;
  bias: Tensor | null;
  readonly options: Conv1dOptions;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    readonly kernelSize: number,
    config: Conv1dConfig = {},
  ) {
    super();
    checkOptions("Conv1d", config, ["stride", "padding", "dilation", "groups", "bias"]);
    const { bias = true, ...options } = config;
    const { groups = 1 } = options;
    if (inChannels % groups || outChannels % groups) {
      throw new Error(
        `Conv1d: channels ${inChannels} → ${outChannels} can't be divided into ${groups} groups`,
      );
    }
    this.options = options;
    const shape = [outChannels, inChannels / groups, kernelSize];
    this.weight = zeros(shape, { requiresGrad: true });
    this.bias = bias ? zeros([outChannels], { requiresGrad: true }) : null;
    defaultUniform_(this.weight, this.bias, (inChannels / groups) * kernelSize);
  }

  override forward(input: Tensor): Tensor {
    return conv1d(input, this.weight, this.bias, this.options);
  }
}

/** Maximum over windows; stride defaults to the kernel size. */
export class MaxPool1d extends Module {
  constructor(
    readonly kernelSize: number,
    readonly options: Omit<MaxPool1dOptions, "kernelSize"> = {},
  ) {
    super();
    checkOptions("MaxPool1d", options, ["stride", "padding", "dilation", "ceilMode"]);
  }

  override forward(input: Tensor): Tensor {
    return maxPool1d(input, { kernelSize: this.kernelSize, ...this.options });
  }
}

/** Mean over windows; stride defaults to the kernel size. */
export class AvgPool1d extends Module {
  constructor(
    readonly kernelSize: number,
    readonly options: Omit<AvgPool1dOptions, "kernelSize"> = {},
  ) {
    super();
    checkOptions("AvgPool1d", options, ["stride", "padding", "ceilMode", "countIncludePad"]);
  }

  override forward(input: Tensor): Tensor {
    return avgPool1d(input, { kernelSize: this.kernelSize, ...this.options });
  }
}

/** Mean over as many windows as give an output of the wanted length. */
export class AdaptiveAvgPool1d extends Module {
  constructor(readonly outputSize: number) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool1d(input, this.outputSize);
  }
}

/** Maximum over as many windows as give an output of the wanted length. */
export class AdaptiveMaxPool1d extends Module {
  constructor(readonly outputSize: number) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return adaptiveMaxPool1d(input, this.outputSize);
  }
}

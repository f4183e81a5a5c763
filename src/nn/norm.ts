import {
  groupNorm,
  instanceNorm,
  type LocalResponseNormOptions,
  layerNorm,
  localResponseNorm,
  ones,
  rmsNorm,
  type Shape,
  type Tensor,
  zeros,
} from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Module } from "./module.ts";

/** Ones and zeros to be trained, or none. */
const scaleOf = (shape: Shape, affine: boolean) =>
  affine ? ones(shape, { requiresGrad: true }) : null;
const shiftOf = (shape: Shape, affine: boolean) =>
  affine ? zeros(shape, { requiresGrad: true }) : null;

export interface LayerNormConfig {
  eps?: number;
  elementwiseAffine?: boolean;
  /** Whether there is a bias, where there is a weight. Default true. */
  bias?: boolean;
  /** Where in the input the normalised dimensions begin; 1 for the channels of maps. Default: they are the last ones. */
  dim?: number;
}

/** Layer normalisation over the last dimensions (https://arxiv.org/abs/1607.06450); see `F.layerNorm`. */
export class LayerNorm extends Module {
  weight: Tensor | null;
  bias: Tensor | null;
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly dim?: number;

  constructor(normalizedShape: number | Shape, config: LayerNormConfig = {}) {
    super();
    checkOptions("LayerNorm", config, ["eps", "elementwiseAffine", "bias", "dim"]);
    const { eps = 1e-5, elementwiseAffine = true, bias = true, dim } = config;
    this.normalizedShape =
      typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
    this.eps = eps;
    this.dim = dim;
    this.weight = scaleOf(this.normalizedShape, elementwiseAffine);
    this.bias = shiftOf(this.normalizedShape, elementwiseAffine && bias);
  }

  override forward(input: Tensor): Tensor {
    const { normalizedShape, weight, bias, eps, dim } = this;
    return layerNorm(input, normalizedShape, { weight, bias, eps, dim });
  }
}

/** Normalisation by the root mean square over the last dimensions (https://arxiv.org/abs/1910.07467). */
export class RMSNorm extends Module {
  weight: Tensor | null;
  readonly normalizedShape: Shape;
  readonly eps?: number;
  readonly dim?: number;

  constructor(
    normalizedShape: number | Shape,
    config: { eps?: number; elementwiseAffine?: boolean; dim?: number } = {},
  ) {
    super();
    checkOptions("RMSNorm", config, ["eps", "elementwiseAffine", "dim"]);
    this.normalizedShape =
      typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
    this.eps = config.eps;
    this.dim = config.dim;
    this.weight = scaleOf(this.normalizedShape, config.elementwiseAffine ?? true);
  }

  override forward(input: Tensor): Tensor {
    const { normalizedShape, weight, eps, dim } = this;
    return rmsNorm(input, normalizedShape, { weight, eps, dim });
  }
}

/** Normalisation of each sample of [N, C, …] over groups of channels (https://arxiv.org/abs/1803.08494). */
export class GroupNorm extends Module {
  weight: Tensor | null;
  bias: Tensor | null;
  readonly eps: number;

  constructor(
    readonly numGroups: number,
    readonly numChannels: number,
    config: { eps?: number; affine?: boolean } = {},
  ) {
    super();
    checkOptions("GroupNorm", config, ["eps", "affine"]);
    const { eps = 1e-5, affine = true } = config;
    if (numChannels % numGroups !== 0) {
      throw new Error(
        `GroupNorm: ${numChannels} channels can't be shared out evenly among ${numGroups} groups`,
      );
    }
    this.eps = eps;
    this.weight = scaleOf([numChannels], affine);
    this.bias = shiftOf([numChannels], affine);
  }

  override forward(input: Tensor): Tensor {
    const { numGroups, weight, bias, eps } = this;
    return groupNorm(input, numGroups, { weight, bias, eps });
  }
}

/**
 * Normalisation of each channel of each sample (https://arxiv.org/abs/1607.08022). As in PyTorch it has no weight and bias
 * unless asked; running statistics aren't kept.
 */
class InstanceNorm extends Module {
  weight: Tensor | null;
  bias: Tensor | null;
  readonly eps: number;

  constructor(
    readonly numFeatures: number,
    config: { eps?: number; affine?: boolean } = {},
  ) {
    super();
    checkOptions("InstanceNorm", config, ["eps", "affine"]);
    const { eps = 1e-5, affine = false } = config;
    this.eps = eps;
    this.weight = scaleOf([numFeatures], affine);
    this.bias = shiftOf([numFeatures], affine);
  }

  override forward(input: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return instanceNorm(input, { weight, bias, eps });
  }
}

/** Division by what neighbouring channels hold; options as in `F.localResponseNorm`. */
export class LocalResponseNorm extends Module {
  constructor(
    readonly size: number,
    readonly options: LocalResponseNormOptions = {},
  ) {
    super();
    checkOptions("LocalResponseNorm", options, ["alpha", "beta", "k"]);
  }

  override forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, this.options);
  }
}

/** Over [N, C, L]. */
export class InstanceNorm1d extends InstanceNorm {}

/** Over [N, C, H, W]. */
export class InstanceNorm2d extends InstanceNorm {}

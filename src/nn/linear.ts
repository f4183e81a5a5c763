import { linear, type Tensor, zeros } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { defaultUniform_ } from "./init.ts";
import { Module } from "./module.ts";

/** y = x Wᵀ + b over the last dimension; weight [outFeatures, inFeatures]. */
export class Linear extends Module {
  weight: Tensor;
  bias: Tensor | null;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    config: { bias?: boolean } = {},
  ) {
    super();
    checkOptions("Linear", config, ["bias"]);
    this.weight = zeros([outFeatures, inFeatures], { requiresGrad: true });
    this.bias = (config.bias ?? true) ? zeros([outFeatures], { requiresGrad: true }) : null;
    defaultUniform_(this.weight, this.bias, inFeatures);
  }

  override forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }
}

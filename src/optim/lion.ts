import type { Tensor } from "../autograd/index.ts";
import type { Params } from "../gpu/index.ts";
import { ruleKernel, type UpdateKernel } from "../kernels/index.ts";
import { type Group, Optimizer, type ParamGroup } from "./optimizer.ts";

export interface LionOptions {
  lr: number;
  betas: readonly [number, number];
  weightDecay: number;
}

/**
 * Lion (Chen et al. 2023, https://arxiv.org/abs/2302.06675): each step moves every parameter by the same distance, along
 * the sign of an average of its gradients. Half the memory of Adam; its rate is best a third to a tenth of Adam's, its
 * (decoupled) weight decay as many times larger.
 */
export class Lion extends Optimizer<LionOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<LionOptions>>,
    options: Partial<LionOptions> = {},
  ) {
    super("Lion", params, { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0 }, options);
  }

  protected override sections(): number {
    return 1;
  }

  protected override kernel(): UpdateKernel {
    return ruleKernel("sign");
  }

  protected override hyper({ lr, betas, weightDecay }: Group<LionOptions>): Params {
    const [beta1, beta2] = betas;
    const unused = [0, 0, 0, 0];
    return { lr, beta1, beta2, eps: 0, weight_decay: weightDecay, first: unused, second: unused };
  }
}

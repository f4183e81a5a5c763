import type { Tensor } from "../autograd/index.ts";
import type { Params } from "../gpu/index.ts";
import { rmspropKernel, type UpdateKernel } from "../kernels/index.ts";
import { type Group, Optimizer, type ParamGroup } from "./optimizer.ts";

export interface RMSpropOptions {
  lr: number;
  alpha: number;
  eps: number;
  weightDecay: number;
  momentum: number;
  centered: boolean;
}

const DEFAULTS = { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false };

/** RMSprop (Hinton, Coursera lecture 6e) as in PyTorch, plain or centered, with or without momentum. */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<RMSpropOptions>>,
    options: Partial<RMSpropOptions> = {},
  ) {
    super("RMSprop", params, DEFAULTS, options);
  }

  protected override sections({ centered, momentum }: Group<RMSpropOptions>): number {
    return centered ? 3 : momentum > 0 ? 2 : 1;
  }

  protected override kernel(group: Group<RMSpropOptions>): UpdateKernel {
    return rmspropKernel(group.momentum > 0, group.centered);
  }

  protected override hyper(group: Group<RMSpropOptions>): Params {
    const { lr, alpha, eps, momentum, weightDecay } = group;
    return { lr, alpha, eps, momentum, weight_decay: weightDecay };
  }
}

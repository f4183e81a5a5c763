import type { Tensor } from "../autograd/index.ts";
import type { Params } from "../gpu/index.ts";
import { sgdKernel, type UpdateKernel } from "../kernels/index.ts";
import { type Group, Optimizer, type ParamGroup } from "./optimizer.ts";

export interface SGDOptions {
  lr: number;
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
}

/** Stochastic gradient descent, θ ← θ − α∇L, with momentum (Sutskever et al. 2013) as in PyTorch. */
export class SGD extends Optimizer<SGDOptions> {
  /** `lr` is required, unless every group has its own. */
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<SGDOptions>>,
    options: Partial<SGDOptions> & { lr: number },
  );
  constructor(
    groups: Iterable<ParamGroup<SGDOptions> & { lr: number }>,
    options?: Partial<SGDOptions>,
  );
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<SGDOptions>>,
    options: Partial<SGDOptions> = {},
  ) {
    const lr = Number.NaN; // there is no default
    super(
      "SGD",
      params,
      { lr, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false },
      options,
    );
  }

  protected override checkGroup({ lr, nesterov, momentum, dampening }: Group<SGDOptions>): void {
    if (Number.isNaN(lr))
      throw new Error("SGD: lr is required, as in new SGD(params, { lr: 0.01 })");
    if (nesterov && (!momentum || dampening)) {
      throw new Error("SGD: nesterov needs a momentum and no dampening");
    }
  }

  protected override sections(group: Group<SGDOptions>): number {
    return group.momentum > 0 ? 1 : 0;
  }

  protected override kernel(group: Group<SGDOptions>): UpdateKernel {
    return sgdKernel(group.momentum > 0, group.nesterov);
  }

  protected override hyper(group: Group<SGDOptions>, steps: readonly [number, number]): Params {
    const { lr, momentum, dampening, weightDecay } = group;
    const [step0, step1] = steps;
    return { lr, momentum, dampening, weight_decay: weightDecay, step0, step1 };
  }
}

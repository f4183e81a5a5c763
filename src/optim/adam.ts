import type { Tensor } from "../autograd/index.ts";
import type { Params } from "../gpu/index.ts";
import { adamKernel, type UpdateKernel } from "../kernels/index.ts";
import { type Group, Optimizer, type ParamGroup } from "./optimizer.ts";

export interface AdamOptions {
  lr: number;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  amsgrad: boolean;
}

const DEFAULTS: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
};

/**
 * Adam (Kingma & Ba 2014, https://arxiv.org/abs/1412.6980) as in PyTorch: eps is added after bias
 * correction, weight decay is added to the gradient.
 */
export class Adam extends Optimizer<AdamOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<AdamOptions>>,
    options: Partial<AdamOptions> = {},
    name = "Adam",
    /** AdamW: weight decay shrinks the parameter instead of entering the gradient. */
    private readonly decoupled = false,
  ) {
    super(name, params, { ...DEFAULTS, ...(decoupled && { weightDecay: 0.01 }) }, options);
  }

  protected override sections(group: Group<AdamOptions>): number {
    return group.amsgrad ? 3 : 2;
  }

  protected override kernel(group: Group<AdamOptions>): UpdateKernel {
    return adamKernel(this.decoupled, group.amsgrad);
  }

  protected override hyper(
    group: Group<AdamOptions>,
    steps: readonly [number, number],
    guarded: boolean,
  ): Params {
    const [beta1, beta2] = group.betas;
    // In float64 on the host: 1 − β2ᵗ loses its digits in float32.
    const correction = guarded
      ? [...steps, Math.log(beta1), Math.log(beta2)]
      : steps.flatMap((step) => [1 / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)]);
    return {
      lr: group.lr,
      beta1,
      beta2,
      eps: group.eps,
      weight_decay: group.weightDecay,
      correction,
    };
  }
}

/** Adam with decoupled weight decay (Loshchilov & Hutter 2017, https://arxiv.org/abs/1711.05101). */
export class AdamW extends Adam {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<AdamOptions>>,
    options: Partial<AdamOptions> = {},
  ) {
    super(params, options, "AdamW", true);
  }
}

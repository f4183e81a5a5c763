import type { Tensor } from "../autograd/index.ts";
import type { Params } from "../gpu/index.ts";
import { lambKernel, lambUpdate, type Slot, type UpdateKernel } from "../kernels/index.ts";
import { type MomentOptions, refuseGuard } from "./moments.ts";
import { type Group, Optimizer, type ParamGroup } from "./optimizer.ts";

/**
 * LAMB (You et al. 2019, https://arxiv.org/abs/1904.00962): Adam's direction with weight decay, scaled by tensor so that each
 * step changes a share of it. For large batches.
 */
export class LAMB extends Optimizer<MomentOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<MomentOptions>>,
    options: Partial<MomentOptions> = {},
  ) {
    super("LAMB", params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-6, weightDecay: 0.01 }, options);
  }

  protected override sections(): number {
    return 2;
  }

  protected override kernel(): UpdateKernel {
    refuseGuard(this);
    return lambKernel;
  }

  protected override get most(): 1 {
    return 1;
  }

  protected override hyper(
    { lr, betas, eps, weightDecay }: Group<MomentOptions>,
    [step]: readonly [number, number],
  ): Params {
    const [beta1, beta2] = betas;
    const correction = [1 / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)];
    return { lr, beta1, beta2, eps, weight_decay: weightDecay, correction };
  }

  protected override launch(_: UpdateKernel, slot: Slot, __: null, hyper: () => Params): void {
    lambUpdate(slot, hyper);
  }
}

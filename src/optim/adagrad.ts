import type { Tensor } from "../autograd/index.ts";
import type { Params } from "../gpu/index.ts";
import { ruleKernel, type UpdateKernel } from "../kernels/index.ts";
import { type Group, Optimizer, type ParamGroup } from "./optimizer.ts";

export interface AdagradOptions {
  lr: number;
  lrDecay: number;
  weightDecay: number;
  initialAccumulatorValue: number;
  eps: number;
}

const DEFAULTS = { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10 };

/** Adagrad (Duchi et al. 2011, https://jmlr.org/papers/v12/duchi11a.html) as in PyTorch. */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<AdagradOptions>>,
    options: Partial<AdagradOptions> = {},
  ) {
    super("Adagrad", params, DEFAULTS, options);
  }

  protected override sections(): number {
    return 1;
  }

  protected override kernel(): UpdateKernel {
    return ruleKernel("squares");
  }

  protected override hyper(
    group: Group<AdagradOptions>,
    [first, second]: readonly [number, number],
  ): Params {
    const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps } = group;
    const after = (step: number) => [step - 1, lrDecay, initialAccumulatorValue, 0];
    const averages = { beta1: 0, beta2: 0 };
    return {
      lr,
      ...averages,
      eps,
      weight_decay: weightDecay,
      first: after(first),
      second: after(second),
    };
  }
}

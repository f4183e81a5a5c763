import type { Tensor } from "../autograd/index.ts";
import type { Params } from "../gpu/index.ts";
import { ruleKernel, type UpdateKernel } from "../kernels/index.ts";
import { type Group, Optimizer, type ParamGroup } from "./optimizer.ts";

export interface MomentOptions {
  lr: number;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
}

export interface NAdamOptions extends MomentOptions {
  momentumDecay: number;
}

/** What a step is made of: shares of the average and of the gradient, a factor of √v, and whether √v divides it (1 or 0). */
type Shares = readonly [average: number, gradient: number, root: number, divides: 0 | 1];

/** Optimizers with Adam's two averages that use them in another way. */
abstract class Moments<Options extends MomentOptions> extends Optimizer<Options> {
  protected override sections(): number {
    return 2;
  }

  protected override kernel(): UpdateKernel {
    refuseGuard(this);
    return ruleKernel("moments");
  }

  /** At step number `step`, counted from 1. */
  protected abstract shares(group: Group<Options>, step: number): Shares;

  protected override hyper(
    group: Group<Options>,
    [first, second]: readonly [number, number],
  ): Params {
    const [beta1, beta2] = group.betas;
    return {
      lr: group.lr,
      beta1,
      beta2,
      eps: group.eps,
      weight_decay: group.weightDecay,
      first: this.shares(group, first),
      second: this.shares(group, second),
    };
  }
}

/** Only the GPU knows which steps a `GradScaler` skipped. @throws Error naming the optimizers that ask it. */
export function refuseGuard({ name, guard }: Pick<Optimizer<object>, "name" | "guard">): void {
  if (!guard) return;
  throw new Error(
    `${name} counts its steps on the host, and GradScaler (precision "f16") skips some on the GPU; ` +
      "use SGD, Adam, AdamW, RMSprop, Adagrad or Lion, or train in f32",
  );
}

/** Adam with Nesterov's momentum (Dozat 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ) as in PyTorch. */
export class NAdam extends Moments<NAdamOptions> {
  /** The product of the momenta up to each step. */
  readonly #products = new WeakMap<object, number[]>();

  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<NAdamOptions>>,
    options: Partial<NAdamOptions> = {},
  ) {
    const averages = { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8 } as const;
    super("NAdam", params, { ...averages, weightDecay: 0, momentumDecay: 4e-3 }, options);
  }

  protected override shares(group: Group<NAdamOptions>, step: number): Shares {
    const [beta1, beta2] = group.betas;
    const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * group.momentumDecay));
    const products = this.#products.get(group) ?? [1];
    this.#products.set(group, products);
    while (products.length <= step) products.push(products.at(-1)! * momentum(products.length));
    const [now, next, product] = [momentum(step), momentum(step + 1), products[step]!];
    const root = 1 / Math.sqrt(1 - beta2 ** step);
    return [next / (1 - product * next), (1 - now) / (1 - product), root, 1];
  }
}

/** Adam whose rate grows with what is known of the variance (Liu et al. 2019, https://arxiv.org/abs/1908.03265), as in PyTorch. */
export class RAdam extends Moments<MomentOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroup<MomentOptions>>,
    options: Partial<MomentOptions> = {},
  ) {
    super("RAdam", params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 }, options);
  }

  protected override shares({ betas }: Group<MomentOptions>, step: number): Shares {
    const [beta1, beta2] = betas;
    const average = 1 / (1 - beta1 ** step);
    const decayed = beta2 ** step;
    const most = 2 / (1 - beta2) - 1;
    const length = most - (2 * step * decayed) / (1 - decayed);
    if (length <= 5) return [average, 0, 1, 0];
    const rectified = Math.sqrt(
      ((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length),
    );
    return [average * rectified * Math.sqrt(1 - decayed), 0, 1, 1];
  }
}

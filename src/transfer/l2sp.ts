import { Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { approach, copy, persistently } from "../kernels/index.ts";
import type { Module } from "../nn/index.ts";
import type { Regularizer } from "../train/index.ts";
import { lastLayer } from "./replace_head.ts";
import { selectTrainable } from "./select.ts";

export interface L2SPOptions {
  /** How strongly transferred weights are pulled to where they began. Default 0.1. */
  alpha?: number;
  /** How strongly those of the new head are pulled to 0. Default 0.01. */
  beta?: number;
  /** The layers that are new; patterns as for `freeze`. Default: the last layer, which `replaceHead` makes. */
  head?: string | RegExp;
}

/** A parameter and where it is pulled to: null is 0. */
interface Pull {
  readonly param: Tensor;
  readonly source: Tensor | null;
}

/**
 * Keeps a network near the weights that it began with (L2-SP, Li, Grandvalet & Davoine 2018,
 * https://arxiv.org/abs/1802.01483): α/2 · |w − w₀|² on the transferred parameters and β/2 · |w|² on the head's, added to the
 * objective. In place of `weightDecay`, which pulls to 0 what was learned before.
 *
 * Make it when the pretrained weights are loaded, the head replaced and layers frozen: parameters that are frozen then have no
 * copy, and can't be trained with it later. Takes as much memory as the transferred weights that are trained.
 *
 * @example new Trainer({ model, optimizer, regularizer: new transfer.L2SP(model, { alpha: 0.1 }) })
 */
export class L2SP implements Regularizer {
  readonly alpha: number;
  readonly beta: number;
  readonly #pulls: readonly Pull[];

  /** @throws Error where no layer matches `head`, and for rates below 0. */
  constructor(model: Module, options: L2SPOptions = {}) {
    checkOptions("L2SP", options, ["alpha", "beta", "head"]);
    const { alpha = 0.1, beta = 0.01, head } = options;
    for (const [name, rate] of Object.entries({ alpha, beta }))
      if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY))
        throw new RangeError(`L2SP: ${name} must be a number of at least 0, not ${rate}`);
    this.alpha = alpha;
    this.beta = beta;
    const fresh = new Set(headOf(model, head));
    this.#pulls = model.parameters().flatMap((param) => {
      if (!param.requiresGrad) return [];
      const source = fresh.has(param) ? null : new Tensor(persistently(() => copy(param.array)));
      return [{ param, source }];
    });
  }

  addGradients(): void {
    for (const { param, source } of this.#pulls) {
      const grad = param.requiresGrad ? param.usedGrad : null;
      const rate = source ? this.alpha : this.beta;
      if (grad) approach(grad, param.array, source?.array ?? null, () => rate);
    }
  }

  get tensors(): Tensor[] {
    return this.#pulls.flatMap(({ source }) => source ?? []);
  }
}

function headOf(model: Module, head: string | RegExp | undefined): Tensor[] {
  const chosen = head === undefined ? [lastLayer(model)] : selectTrainable(model, head);
  return chosen.flatMap(([, part]) => (part instanceof Tensor ? [part] : part.parameters()));
}

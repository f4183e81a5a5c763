import { Tensor } from "../../autograd/index.ts";
import { approach, copy, copyInto, persistently } from "../../kernels/index.ts";
import type { Module } from "../../nn/index.ts";
import type { Regularizer } from "../../train/index.ts";

/**
 * μ/2 · |w − w₀|², which pulls a client's weights to those that the round began with, so that clients with other data don't
 * go too far apart (FedProx, Li et al. 2020, https://arxiv.org/abs/1812.06127). Takes as much memory as the trained weights.
 *
 * @example new Trainer({ model, optimizer, regularizer: new transfer.FedProx(model, 0.1) })
 */
export class FedProx implements Regularizer {
  readonly #pulls: readonly { readonly param: Tensor; readonly centre: Tensor }[];

  /** @throws RangeError for a μ below 0. */
  constructor(
    model: Module,
    readonly mu: number,
  ) {
    if (!(mu >= 0 && mu < Number.POSITIVE_INFINITY))
      throw new RangeError(`FedProx: mu is ${mu}; it must be a number of at least 0`);
    this.#pulls = model.parameters().flatMap((param) => {
      if (!param.requiresGrad) return [];
      return [{ param, centre: new Tensor(persistently(() => copy(param.array))) }];
    });
  }

  /** A round begins: from here on it pulls to the weights of now. */
  moveCentre(): void {
    for (const { param, centre } of this.#pulls) copyInto(centre.array, param.array);
  }

  addGradients(): void {
    for (const { param, centre } of this.#pulls) {
      const grad = param.requiresGrad ? param.usedGrad : null;
      if (grad) approach(grad, param.array, centre.array, () => this.mu);
    }
  }

  get tensors(): Tensor[] {
    return this.#pulls.map(({ centre }) => centre);
  }
}

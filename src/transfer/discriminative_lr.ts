import type { Tensor } from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import type { Module } from "../nn/index.ts";

export interface DiscriminativeLrOptions {
  /** Learning rate of the last layer. */
  lr: number;
  /** Factor from a layer to the one before it. Default 0.9. */
  decay?: number;
}

/**
 * Parameter groups whose learning rate falls from the head to the input (Howard & Ruder 2018,
 * https://arxiv.org/abs/1801.06146): early layers hold what transfers and move least. A layer is a
 * module with parameters of its own; frozen parameters are left out.
 *
 * @returns groups for an optimizer: `new optim.Adam(transfer.discriminativeLr(model, { lr }))`.
 */
export function discriminativeLr(
  model: Module,
  options: DiscriminativeLrOptions,
): { params: Tensor[]; lr: number }[] {
  const { lr, decay = 0.9 } = options;
  if (!(lr > 0)) throw new Error(`discriminativeLr: lr must be positive, not ${lr}`);
  if (!(decay > 0 && decay <= 1))
    throw new Error(`discriminativeLr: decay must be in 0..1, not ${decay}`);
  checkOptions("discriminativeLr", options, ["lr", "decay"]);
  const trained = new Set(model.parameters().filter(({ requiresGrad }) => requiresGrad));
  const layers: Tensor[][] = [];
  for (const module of model.modules()) {
    const own = module.ownParameters().map(([, tensor]) => tensor);
    const params = own.filter((tensor) => trained.delete(tensor)); // a shared one only once
    if (params.length > 0) layers.push(params);
  }
  if (layers.length === 0) throw new Error("discriminativeLr: every parameter is frozen");
  return layers.map((params, i) => ({ params, lr: lr * decay ** (layers.length - 1 - i) }));
}

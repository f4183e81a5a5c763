import { type AppliedOp, recordOps, type Tensor, zeros } from "../autograd/index.ts";
import type { Shape } from "../base/index.ts";
import { evaluating } from "./mode.ts";
import type { Module } from "./module.ts";

/** Floating-point operations of a forward pass, two a product: of linear layers, convolutions and matrix products. */
export interface ModelFlops {
  /** Of all, those that belong to no layer included, such as the products within attention. */
  readonly total: number;
  /** Of the layers whose weights are multiplied with, by path. */
  readonly layers: ReadonlyMap<string, number>;
}

/**
 * Counts what a forward pass on an input of `inputShape`, the batch included, takes; nothing is computed.
 *
 * @throws what the model's forward throws.
 */
export function countFlops(model: Module, inputShape: Shape): ModelFlops {
  const owners = new Map<Tensor, string>();
  for (const [path, module] of model.namedModules()) {
    for (const [, parameter] of module.ownParameters()) owners.set(parameter, path);
  }
  const { ops } = evaluating(model, () => recordOps(() => model.forward(zeros([...inputShape]))));
  const layers = new Map<string, number>();
  let total = 0;
  for (const op of ops) {
    const flops = 2 * productsOf(op);
    total += flops;
    const path = op.inputs.map((input) => owners.get(input)).find((found) => found !== undefined);
    if (flops > 0 && path !== undefined) layers.set(path, (layers.get(path) ?? 0) + flops);
  }
  return { total, layers };
}

function productsOf({ name, inputs: [x, weight], output }: AppliedOp): number {
  if (!x || !weight) return 0;
  switch (name) {
    case "linear":
    case "matmul":
      return output.size * (x.shape.at(-1) ?? 1);
    case "conv2d":
      return output.size * (weight.size / weight.shape[0]!);
    case "convTranspose2d":
      return x.size * (weight.size / weight.shape[0]!);
    default:
      return 0;
  }
}

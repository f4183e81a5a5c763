import { add, mul, type Tensor } from "../autograd/index.ts";

/**
 * L_source + λ · L_target: the joint objective over a shared trunk with two heads.
 *
 * @throws Error when a loss isn't a single number.
 */
export function jointLoss(sourceLoss: Tensor, targetLoss: Tensor, lambda: number): Tensor {
  for (const [name, loss] of Object.entries({ sourceLoss, targetLoss })) {
    if (loss.size !== 1)
      throw new Error(`jointLoss: ${name} has shape [${loss.shape}]; it must be one number`);
  }
  if (!Number.isFinite(lambda))
    throw new Error(`jointLoss: lambda is ${lambda}; it must be a finite number`);
  return add(sourceLoss, mul(targetLoss, lambda));
}

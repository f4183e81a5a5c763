import { add, mul, Tensor } from "../../autograd/index.ts";
import { allocate, fillWith } from "../../kernels/index.ts";

/**
 * L_source + λ · L_target: the joint objective over a shared trunk with two heads.
 *
 * @param lambda a number; or a function, which a captured step asks anew each time; or a tensor of one.
 * @throws Error when a loss isn't a single number, or λ isn't finite.
 */
export function jointLoss(
  sourceLoss: Tensor,
  targetLoss: Tensor,
  lambda: number | (() => number) | Tensor,
): Tensor {
  for (const [name, loss] of Object.entries({ sourceLoss, targetLoss })) {
    if (loss.size !== 1)
      throw new Error(`jointLoss: ${name} has shape [${loss.shape}]; it must be one number`);
  }
  if (lambda instanceof Tensor && lambda.size !== 1)
    throw new Error(`jointLoss: lambda has shape [${lambda.shape}]; it must be one number`);
  if (typeof lambda === "number") checkLambda(lambda);
  return add(sourceLoss, mul(targetLoss, typeof lambda === "function" ? asked(lambda) : lambda));
}

/** A function's value as a tensor, which each replay of a captured step fills anew. */
function asked(lambda: () => number): Tensor {
  const value = allocate([]);
  fillWith(value, () => checkLambda(lambda()));
  return new Tensor(value);
}

function checkLambda(lambda: number): number {
  if (Number.isFinite(lambda)) return lambda;
  throw new Error(`jointLoss: lambda is ${lambda}; it must be a finite number`);
}

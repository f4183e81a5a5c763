import { add, mul, neg, sub, Tensor } from "../../autograd/index.ts";

/**
 * Its input unchanged; on the way back the gradient times −λ (Ganin & Lempitsky 2015, https://arxiv.org/abs/1409.7495).
 * Between features and a domain head it trains the head to tell the domains apart, and the features to keep it from that.
 *
 * @param lambda a number; or a tensor of one, whose value a captured step reads anew each time, for a schedule.
 * @throws Error unless λ is one finite number.
 */
export function gradientReversal(input: Tensor, lambda: number | Tensor = 1): Tensor {
  if (lambda instanceof Tensor ? lambda.size !== 1 : !Number.isFinite(lambda)) {
    const given = lambda instanceof Tensor ? `of shape [${lambda.shape.join(", ")}]` : `${lambda}`;
    throw new Error(`gradientReversal: lambda is ${given}; it must be one finite number`);
  }
  const factor = lambda instanceof Tensor ? lambda.detach() : lambda;
  const backwards = neg(mul(input, factor));
  // The difference is 0, to the last bit, and has the gradient of its first part.
  return add(input.detach(), sub(backwards, backwards.detach()));
}

/**
 * λ for adversarial training, from 0 to 1 along 2 / (1 + e^(−10 p)) − 1 (Ganin & Lempitsky 2015): the features listen to
 * the domain head only when it has learned something.
 *
 * @param progress the share p of the training that is done, 0 to 1.
 */
export function reversalSchedule(progress: number): number {
  if (!(progress >= 0 && progress <= 1))
    throw new RangeError(`reversalSchedule: progress is ${progress}; it must be 0 to 1`);
  return 2 / (1 + Math.exp(-10 * progress)) - 1;
}

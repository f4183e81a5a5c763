import { type Draw, drawing, fill, dropout as forward } from "../../../kernels/index.ts";
import { requireFloat, requireNumber } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

interface Attributes {
  readonly p: number;
}

const op = defineOp<Attributes>("dropout", ([x], { p }) => {
  const zeros = () => fill(x.shape, 0, x.dtype);
  if (p === 1) return { out: zeros(), grads: [saving([], zeros)] };
  // Forward draws; backward makes the same mask again, in a captured step at each replay.
  let last: Draw | null = null;
  const next = drawing();
  const draw = () => {
    last = next();
    return last;
  };
  const out = forward(x, p, draw);
  return { out, grads: [saving([], (dy) => forward(dy, p, () => last ?? draw()))] };
});

/**
 * Zeroes each element with probability `p` (default 0.5) and divides the others by 1 − p while
 * `training` (default true); else gives the input as it is (Srivastava et al. 2014,
 * https://jmlr.org/papers/v15/srivastava14a.html). Seeded by `manualSeed`.
 *
 * @throws RangeError when p is not in 0..1.
 */
export function dropout(input: Tensor, p = 0.5, training = true): Tensor {
  requireFloat("dropout", "input", input);
  requireNumber("dropout", "p", p, 0, 1);
  return training && p > 0 ? op([input], { p }) : input;
}

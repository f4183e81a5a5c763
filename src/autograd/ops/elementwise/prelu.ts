import { preluSlopeGrad, preluTimes } from "../../../kernels/index.ts";
import { requireF32, requireFloat } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

const op = defineOp("prelu", ([x, slope]) => ({
  out: preluTimes(x!, x!, slope!),
  grads: [
    saving([x!, slope!], (dy) => preluTimes(dy, x!, slope!)),
    saving([x!, slope!], (dy) => preluSlopeGrad(dy, x!, slope!)),
  ],
}));

/**
 * x where x > 0, else weight · x (He et al., https://arxiv.org/abs/1502.01852).
 *
 * @param weight f32 [1]: one slope for all; or [C]: one for each channel, dim 1 of the input.
 * @throws Error when the input hasn't as many channels as there are slopes.
 */
export function prelu(input: Tensor, weight: Tensor): Tensor {
  const { shape } = requireFloat("prelu", "input", input);
  requireF32("prelu", "weight", weight);
  const channels = shape[1] ?? 1;
  if (weight.ndim > 1 || (weight.size !== 1 && weight.size !== channels)) {
    throw new Error(
      `prelu: weight has shape [${weight.shape}]; it must hold one slope, or ${channels}, one for each channel of ` +
        `the input [${shape}]`,
    );
  }
  return op([input, weight]);
}

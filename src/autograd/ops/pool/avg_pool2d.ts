import { avgPool2dGrad, avgPool2d as forward } from "../../../kernels/index.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { type Pooling, type PoolOptions, resolvePooling } from "./pooling.ts";

export interface AvgPool2dOptions extends Omit<PoolOptions, "dilation"> {
  /** Divide by the positions inside the padded input rather than inside the input. Default true. */
  countIncludePad?: boolean;
}

interface Attributes extends Pooling {
  readonly countIncludePad: boolean;
}

const op = defineOp<Attributes>("avgPool2d", ([x], { window, outHW, countIncludePad }) => ({
  out: forward(x, window, outHW, countIncludePad),
  grads: [saving([], (dy) => avgPool2dGrad(dy, window, x.shape, countIncludePad))],
}));

/**
 * The mean of each window, [N, C, H, W] → [N, C, outH, outW]. What a window of ceilMode reaches
 * past the padded input never counts.
 *
 * @throws Error for another rank, a window larger than the padded input, padding as large as the window.
 */
export function avgPool2d(input: Tensor, options: AvgPool2dOptions): Tensor {
  const pooling = resolvePooling("avgPool2d", input, options, ["countIncludePad"]);
  return op([input], { ...pooling, countIncludePad: options.countIncludePad ?? true });
}

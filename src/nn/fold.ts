import { conv2d, isGradEnabled, isTracing, Tensor } from "../autograd/index.ts";
import { expectConstant } from "../gpu/index.ts";
import { foldBatchNorm } from "../kernels/index.ts";
import type { BatchNorm2d } from "./batchnorm.ts";
import type { Conv2d } from "./conv.ts";

/**
 * Whether a convolution and the batch normalisation after it may run as one convolution: nothing
 * in them trains, the statistics are fixed, and there are more outputs to normalise than weights
 * to fold. Not while a model is traced, which must see both layers.
 */
export function canFold(conv: Conv2d, norm: BatchNorm2d, input: Tensor): boolean {
  if (norm.usesBatchStatistics || isTracing() || input.ndim !== 4 || input.dtype !== "f32")
    return false;
  const own = [conv.weight, conv.bias, norm.weight, norm.bias];
  if (isGradEnabled() && own.some((tensor) => tensor?.requiresGrad)) return false;
  const { stride = 1 } = conv.options;
  const [down, across] = typeof stride === "number" ? [stride, stride] : stride;
  const outputs = (input.size / conv.inChannels / (down! * across!)) * conv.outChannels;
  return outputs > conv.weight.size;
}

/** norm(conv(input)), optionally with ReLU, in one convolution. */
export function forwardFolded(
  conv: Conv2d,
  norm: BatchNorm2d,
  input: Tensor,
  activation: "none" | "relu",
): Tensor {
  for (const tensor of [conv.weight, conv.bias, norm.weight, norm.bias])
    if (tensor && !tensor.requiresGrad) expectConstant(tensor.array);
  for (const statistic of [norm.runningMean, norm.runningVar]) expectConstant(statistic.array);
  const { folded, shift } = foldBatchNorm(
    {
      weight: conv.weight.array,
      bias: conv.bias?.array ?? null,
      gamma: norm.weight?.array ?? null,
      beta: norm.bias?.array ?? null,
      mean: norm.runningMean.array,
      variance: norm.runningVar.array,
    },
    norm.eps,
  );
  const [weight, bias] = [new Tensor(folded), new Tensor(shift)];
  const output = conv2d(input, weight, bias, { ...conv.options, activation });
  weight.dispose();
  bias.dispose();
  return output;
}

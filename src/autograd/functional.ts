// The functions of tensors, `F` to users. Names and meaning are PyTorch's, in camelCase.
export {
  elu,
  gelu,
  hardsigmoid,
  hardswish,
  leakyRelu,
  relu6,
  sigmoid,
  silu,
  tanh,
} from "./ops/activations.ts";
export { adaptiveAvgPool2d } from "./ops/adaptive_avg_pool2d.ts";
export { adaptiveMaxPool2d } from "./ops/adaptive_max_pool2d.ts";
export { argmax, argmin, max, min, type ValuesAndIndices } from "./ops/arg_reductions.ts";
export { add, div, mul, sub } from "./ops/arithmetic.ts";
export { type AvgPool2dOptions, avgPool2d } from "./ops/avg_pool2d.ts";
export { type BatchNormOptions, batchNorm } from "./ops/batch_norm.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
} from "./ops/binary_cross_entropy.ts";
export { clamp } from "./ops/clamp.ts";
export { eq, ge, gt, le, lt, ne } from "./ops/compare.ts";
export { concat, stack } from "./ops/concat.ts";
export { type Conv2dOptions, conv2d } from "./ops/conv2d.ts";
export { type CrossEntropyOptions, crossEntropy } from "./ops/cross_entropy.ts";
export { dropout } from "./ops/dropout.ts";
export { expand } from "./ops/expand.ts";
export { maximum, minimum } from "./ops/extremes.ts";
export { gather, indexSelect } from "./ops/gather.ts";
export { l1Loss, smoothL1Loss } from "./ops/l1_loss.ts";
export { linear } from "./ops/linear.ts";
export { abs, exp, log, neg, sqrt, square } from "./ops/math.ts";
export { matmul } from "./ops/matmul.ts";
export { type MaxPool2dOptions, maxPool2d } from "./ops/max_pool2d.ts";
export { mseLoss } from "./ops/mse_loss.ts";
export { narrow } from "./ops/narrow.ts";
export { type NllLossOptions, nllLoss } from "./ops/nll_loss.ts";
export { type PadOptions, pad } from "./ops/pad.ts";
export { permute, transpose } from "./ops/permute.ts";
export { pow } from "./ops/pow.ts";
export { amax, amin, mean, sum } from "./ops/reductions.ts";
export { relu } from "./ops/relu.ts";
export { flatten, reshape, squeeze, unsqueeze } from "./ops/reshape.ts";
export { logSoftmax, softmax } from "./ops/softmax.ts";
export { std, type VarianceOptions, variance as var } from "./ops/variance.ts";
export { where } from "./ops/where.ts";

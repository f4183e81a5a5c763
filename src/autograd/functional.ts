/**
 * The functions of tensors, `F` to users. Names and meaning are PyTorch's, in camelCase.
 *
 * @module
 */

export {
  type AttentionOptions,
  scaledDotProductAttention,
} from "./ops/attention/scaled_dot_product_attention.ts";
export { type ConvTranspose2dOptions, convTranspose2d } from "./ops/conv2d/conv_transpose2d.ts";
export { type Conv1dOptions, conv1d } from "./ops/conv2d/conv1d.ts";
export { type Conv2dOptions, conv2d } from "./ops/conv2d/conv2d.ts";
export * from "./ops/elementwise/activations.ts";
export { add, div, mul, sub } from "./ops/elementwise/arithmetic.ts";
export { clamp } from "./ops/elementwise/clamp.ts";
export { eq, ge, gt, le, lt, ne } from "./ops/elementwise/compare.ts";
export { maximum, minimum } from "./ops/elementwise/extremes.ts";
export { abs, cos, exp, log, neg, sin, sqrt, square } from "./ops/elementwise/math.ts";
export { pow } from "./ops/elementwise/pow.ts";
export { prelu } from "./ops/elementwise/prelu.ts";
export { relu } from "./ops/elementwise/relu.ts";
export { where } from "./ops/elementwise/where.ts";
export { clone } from "./ops/layout/clone.ts";
export { concat, stack } from "./ops/layout/concat.ts";
export { expand } from "./ops/layout/expand.ts";
export { flip } from "./ops/layout/flip.ts";
export { gather, indexSelect } from "./ops/layout/gather.ts";
export { type InterpolateOptions, interpolate } from "./ops/layout/interpolate.ts";
export { narrow } from "./ops/layout/narrow.ts";
export { type PadOptions, pad } from "./ops/layout/pad.ts";
export { permute, transpose } from "./ops/layout/permute.ts";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./ops/layout/rearrange.ts";
export { flatten, reshape, squeeze, unsqueeze } from "./ops/layout/reshape.ts";
export { roll } from "./ops/layout/roll.ts";
export { scatter, scatterAdd } from "./ops/layout/scatter.ts";
export { chunk, split } from "./ops/layout/split.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "./ops/loss/binary_cross_entropy.ts";
export {
  type CrossEntropyOptions,
  crossEntropy,
  type NllLossOptions,
  nllLoss,
} from "./ops/loss/class_losses.ts";
export {
  type CosineEmbeddingOptions,
  cosineEmbeddingLoss,
  type TripletMarginOptions,
  tripletMarginLoss,
} from "./ops/loss/embedding_losses.ts";
export { type KlDivOptions, klDiv } from "./ops/loss/kl_div.ts";
export { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./ops/loss/value_losses.ts";
export { einsum } from "./ops/matmul/einsum.ts";
export { linear } from "./ops/matmul/linear.ts";
export { matmul } from "./ops/matmul/matmul.ts";
export { type BatchNormOptions, batchNorm } from "./ops/norm/batch_norm.ts";
export { type GroupNormOptions, groupNorm, instanceNorm } from "./ops/norm/group_norm.ts";
export {
  type LayerNormOptions,
  layerNorm,
  type RmsNormOptions,
  rmsNorm,
} from "./ops/norm/layer_norm.ts";
export {
  type LocalResponseNormOptions,
  localResponseNorm,
} from "./ops/norm/local_response_norm.ts";
export { adaptiveAvgPool2d } from "./ops/pool/adaptive_avg_pool2d.ts";
export { adaptiveMaxPool2d } from "./ops/pool/adaptive_max_pool2d.ts";
export { type AvgPool2dOptions, avgPool2d } from "./ops/pool/avg_pool2d.ts";
export { type MaxPool2dOptions, maxPool2d } from "./ops/pool/max_pool2d.ts";
export {
  type AvgPool1dOptions,
  adaptiveAvgPool1d,
  adaptiveMaxPool1d,
  avgPool1d,
  type MaxPool1dOptions,
  maxPool1d,
} from "./ops/pool/pools1d.ts";
export { dropout } from "./ops/random/dropout.ts";
export { argmax, argmin, max, min, type ValuesAndIndices } from "./ops/reduce/arg_reductions.ts";
export { cumsum } from "./ops/reduce/cumsum.ts";
export { amax, amin, mean, sum } from "./ops/reduce/reductions.ts";
export { logSoftmax, softmax } from "./ops/reduce/softmax.ts";
export { argsort, sort, topk } from "./ops/reduce/sort.ts";
export { std, type VarianceOptions, variance as var } from "./ops/reduce/variance.ts";

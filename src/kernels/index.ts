export {
  allocate,
  bytesOf,
  checkShape,
  type DType,
  download,
  MAX_RANK,
  NDArray,
  overwrite,
  type StorageSource,
  type TypedArray,
  upload,
} from "./array.ts";
export {
  type ConvTranspose2dOptions,
  convTranspose2d,
  convTransposeShape,
  transposedSize,
} from "./conv2d/conv_transpose2d.ts";
export { conv2dForward, conv2dInputGradient, conv2dWeightGradient } from "./conv2d/conv2d.ts";
export { type Conv2dOptions, type ConvShape, convShape } from "./conv2d/shape.ts";
export { holds, isFloat, requireDType } from "./dtypes.ts";
export { activate, activationGrad, type DerivativeFrom } from "./elementwise/activation.ts";
export { type BinaryOp, binary, binaryGrad, type ComparisonOp } from "./elementwise/binary.ts";
export { broadcastShapes } from "./elementwise/broadcast.ts";
export { convert } from "./elementwise/cast.ts";
export { addInto, unary } from "./elementwise/elementwise.ts";
export { mathGrad } from "./elementwise/math_grad.ts";
export { preluSlopeGrad, preluTimes } from "./elementwise/prelu.ts";
export { reluGrad } from "./elementwise/relu_grad.ts";
export { sine } from "./elementwise/sine.ts";
export { pickWhere } from "./elementwise/where.ts";
export type { Activation, Finish, Rectifier } from "./epilogue.ts";
export {
  copyWords,
  imageTransform,
  LOOK_WORDS,
  MAX_IMAGE_CHANNELS,
  MIX_WORDS,
  VIEW_WORDS,
} from "./image/image.ts";
export { init } from "./init.ts";
export { joined } from "./layout/concat.ts";
export { copy, copyInto } from "./layout/copy.ts";
export { fill, fillWith } from "./layout/fill.ts";
export { gatherAlong, gatherGradient } from "./layout/gather.ts";
export {
  type EdgePadding,
  type Padding,
  padConstant,
  padEdges,
  padEdgesGradient,
} from "./layout/pad.ts";
export { resize, resizeGradient } from "./layout/resize.ts";
export { cutOut, flipped, permuted, repeated } from "./layout/view.ts";
export {
  type CrossEntropyOptions,
  crossEntropy,
  crossEntropyGrad,
  type Reduction,
} from "./loss/cross_entropy.ts";
export {
  type PointwiseLoss,
  type PointwiseLossInputs,
  pointwiseLoss,
  pointwiseLossGrad,
} from "./loss/pointwise_loss.ts";
export { matmul } from "./matmul/matmul.ts";
export { type AfterNorm, type ChannelStats, normalize, normalizeBatch } from "./norm/batch_norm.ts";
export {
  beforeSmooth,
  normalizeBatchGrad,
  normalizeGrad,
  normalizeSums,
} from "./norm/batch_norm_grad.ts";
export { foldBatchNorm } from "./norm/fold_batch_norm.ts";
export {
  type LocalResponse,
  localResponseNorm,
  localResponseNormGrad,
} from "./norm/local_response_norm.ts";
export {
  type RowLayout,
  type RowNorm,
  rowNorm,
  rowNormGrad,
  rowNormSums,
} from "./norm/row_norm.ts";
export { approach } from "./optim/approach.ts";
export { clampInto, clipToNorm, globalNorm } from "./optim/gradient_norm.ts";
export { lambKernel, lambUpdate } from "./optim/lamb.ts";
export { nextScale, unscale } from "./optim/loss_scale.ts";
export {
  adamKernel,
  inFours,
  rmspropKernel,
  ruleKernel,
  type Slot,
  sgdKernel,
  type UpdateKernel,
  update,
} from "./optim/optimizers.ts";
export { defineKernel, type KernelSpec, launch, type OwnKernel } from "./own_kernel.ts";
export { adaptiveAvgPool2d, adaptiveAvgPool2dGrad } from "./pool/adaptive_avg_pool2d.ts";
export { adaptiveMaxPool2d, adaptiveMaxPool2dGrad } from "./pool/adaptive_max_pool2d.ts";
export { avgPool2d, avgPool2dGrad } from "./pool/avg_pool2d.ts";
export { maxPool2d, maxPool2dGrad } from "./pool/max_pool2d.ts";
export {
  currentGenerator,
  type DrawTape,
  drawing,
  getRandomState,
  manualSeed,
  notingDraws,
  repeatingDraws,
  setRandomState,
  withGenerator,
  withoutDraws,
} from "./random/drawing.ts";
export { dropout } from "./random/dropout.ts";
export { type Draw, Generator, type RandomState } from "./random/generator.ts";
export { drawNormal, drawUniform, rand, randn, randomIntegers } from "./random/random.ts";
export { argReduce } from "./reduce/arg_reduce.ts";
export { cumulativeSum } from "./reduce/cumulative_sum.ts";
export { reduce, sumTo } from "./reduce/reduce.ts";
export { rowsAlong } from "./reduce/rows.ts";
export { softmax, softmaxGrad } from "./reduce/softmax.ts";
export type { Middle } from "./reduce/stage.ts";
export { channelSum, sumMiddle } from "./reduce/sum_partials.ts";
export { tieGradient } from "./reduce/tie_gradient.ts";
export { innerScope, persistently, Scope, scope } from "./scope.ts";
export { sortedOrder } from "./sort/sort.ts";
export type { TuningProgress } from "./tuning/measure.ts";
export { clearTuning, settleTuning, tuningTable, tuningVersion } from "./tuning/tuning.ts";
export type { TuningRow } from "./tuning/tuning_table.ts";

import "./methods.ts";

export type { Shape } from "../base/index.ts";
export type { DType } from "../kernels/index.ts";
export { autocast, hasHalf } from "./autocast.ts";
export { type BackwardOptions, backward } from "./backward.ts";
export { type CapturedStep, capture, planStep } from "./capture.ts";
export { checkpoint } from "./checkpoint.ts";
export { requireNumber, requireTensor, requireWord } from "./checks.ts";
export {
  type ArangeOptions,
  arange,
  type CreateOptions,
  eye,
  full,
  fullLike,
  ones,
  onesLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./create.ts";
export { type Definition, type OpResult, saving, type Wanted } from "./definition.ts";
export * as F from "./functional.ts";
export { advanceGeneration } from "./generation.ts";
export type { HostValues, Nested } from "./host_values.ts";
export type { TensorMethods } from "./methods.ts";
export { enableGrad, isGradEnabled, noGrad, scope } from "./mode.ts";
export type { GradRule } from "./node.ts";
export { type Conv2dOptions, conv2d } from "./ops/conv2d/conv2d.ts";
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
} from "./ops/elementwise/activations.ts";
export { add, mul } from "./ops/elementwise/arithmetic.ts";
export { cast } from "./ops/elementwise/cast.ts";
export { clamp } from "./ops/elementwise/clamp.ts";
export { gt } from "./ops/elementwise/compare.ts";
export { relu } from "./ops/elementwise/relu.ts";
export { concat } from "./ops/layout/concat.ts";
export { pad } from "./ops/layout/pad.ts";
export { flatten, reshape } from "./ops/layout/reshape.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
} from "./ops/loss/binary_cross_entropy.ts";
export { type CrossEntropyOptions, crossEntropy } from "./ops/loss/cross_entropy.ts";
export { l1Loss, smoothL1Loss } from "./ops/loss/l1_loss.ts";
export { mseLoss } from "./ops/loss/mse_loss.ts";
export { type NllLossOptions, nllLoss } from "./ops/loss/nll_loss.ts";
export type { TargetKind } from "./ops/loss/target_kind.ts";
export { linear } from "./ops/matmul/linear.ts";
export { matmul } from "./ops/matmul/matmul.ts";
export { type BatchNormAttributes, batchNorm } from "./ops/norm/batch_norm.ts";
export { adaptiveAvgPool2d } from "./ops/pool/adaptive_avg_pool2d.ts";
export { adaptiveMaxPool2d } from "./ops/pool/adaptive_max_pool2d.ts";
export { type AvgPool2dOptions, avgPool2d } from "./ops/pool/avg_pool2d.ts";
export { type MaxPool2dOptions, maxPool2d } from "./ops/pool/max_pool2d.ts";
export { dropout } from "./ops/random/dropout.ts";
export { argmax } from "./ops/reduce/arg_reductions.ts";
export { logSoftmax, softmax } from "./ops/reduce/softmax.ts";
export { defineOwnOp, type OwnOp } from "./own_op.ts";
export {
  Generator,
  getRandomState,
  manualSeed,
  type RandomState,
  rand,
  randn,
  setRandomState,
  withGenerator,
} from "./random.ts";
export { type AppliedOp, recordOps } from "./record_ops.ts";
export { recordStep } from "./recorded_step.ts";
export { dependsOn } from "./recording.ts";
export { Tensor } from "./tensor.ts";
export {
  clearTuning,
  settleTuning,
  type TuningProgress,
  type TuningRow,
  tuningTable,
} from "./tuning.ts";

import "./methods.ts";

export type { Shape } from "../base/index.ts";
export {
  clearTuning,
  type DType,
  settleTuning,
  type TuningProgress,
  type TuningRow,
  tuningTable,
} from "../kernels/index.ts";
export { autocast, hasHalf } from "./autocast.ts";
export { type BackwardOptions, backward } from "./backward.ts";
export { type CapturedStep, capture, peakBytesOf } from "./capture/capture.ts";
export { type AppliedOp, recordOps } from "./capture/record_ops.ts";
export { recordStep } from "./capture/recorded_step.ts";
export { dependsOn } from "./capture/recording.ts";
export { checkpoint } from "./checkpoint.ts";
export { requireNumber, requireTensor, requireWord } from "./checks.ts";
export {
  type ArangeOptions,
  arange,
  type CreateOptions,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./create/create.ts";
export type { HostValues, Nested } from "./create/host_values.ts";
export {
  Generator,
  getRandomState,
  manualSeed,
  type RandomState,
  rand,
  randint,
  randn,
  setRandomState,
  withGenerator,
} from "./create/random.ts";
export { type Definition, type OpResult, saving, type Wanted } from "./definition.ts";
export * from "./functional.ts";
export * as F from "./functional.ts";
export { advanceGeneration } from "./generation.ts";
export type { TensorMethods } from "./methods.ts";
export { enableGrad, inferenceMode, isGradEnabled, noGrad, scope } from "./mode.ts";
export type { GradRule } from "./node.ts";
export { cast } from "./ops/elementwise/cast.ts";
export { checkInterpolation, type ResizeAttributes, resize } from "./ops/layout/interpolate.ts";
export { depthToSpace, type Rearrangement, spaceToDepth } from "./ops/layout/rearrange.ts";
export type { TargetKind } from "./ops/loss/targets.ts";
export type { BatchNormAttributes } from "./ops/norm/batch_norm.ts";
export type { RowNormAttributes } from "./ops/norm/row_norm.ts";
export { defineOwnOp, type OwnOp } from "./own_op.ts";
export { refuseMethods } from "./refuse_methods.ts";
export { Tensor } from "./tensor.ts";

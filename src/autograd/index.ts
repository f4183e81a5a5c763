import "./methods.ts";

export type { DType, Shape } from "../kernels/array.ts";
export { autocast } from "./autocast.ts";
export { type BackwardOptions, backward } from "./backward.ts";
export { type CapturedStep, capture } from "./capture.ts";
export { checkpoint } from "./checkpoint.ts";
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
export * as F from "./functional.ts";
export type { HostValues, Nested } from "./host_values.ts";
export type { TensorMethods } from "./methods.ts";
export { enableGrad, isGradEnabled, noGrad, scope } from "./mode.ts";
export {
  getRandomState,
  manualSeed,
  type RandomState,
  rand,
  randn,
  setRandomState,
} from "./random.ts";
export { Tensor } from "./tensor.ts";
export {
  clearTuning,
  settleTuning,
  type TuningProgress,
  type TuningRow,
  tuningTable,
} from "./tuning.ts";

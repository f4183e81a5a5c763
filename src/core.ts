/**
 * The entry `webgraft/core`: what `graft` exports but for its namespaces. These have entries of their own
 * (`webgraft/models`, `webgraft/optim`, …), from which a bundler takes only what a page names.
 */
export {
  type ArangeOptions,
  arange,
  autocast,
  type BackwardOptions,
  backward,
  type CapturedStep,
  type CreateOptions,
  capture,
  checkpoint,
  clearTuning,
  type DType,
  enableGrad,
  eye,
  F,
  full,
  fullLike,
  Generator,
  getRandomState,
  type HostValues,
  isGradEnabled,
  manualSeed,
  type Nested,
  noGrad,
  ones,
  onesLike,
  type RandomState,
  rand,
  randn,
  type Shape,
  scope,
  setRandomState,
  settleTuning,
  Tensor,
  type TensorMethods,
  type TensorOptions,
  type TuningProgress,
  type TuningRow,
  tensor,
  tuningTable,
  withGenerator,
  zeros,
  zerosLike,
} from "./autograd/index.ts";
export { DeviceLostError, LimitError, NoWebGpuError } from "./gpu/index.ts";
export { init } from "./kernels/index.ts";
export * from "./train/index.ts";
export { type LoadedNetwork, type LoadNetworkOptions, loadNetwork } from "./transfer/index.ts";

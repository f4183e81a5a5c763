/**
 * The entry `graft/core`: what `graft` exports but for its namespaces. These have entries of their own
 * (`graft/models`, `graft/optim`, …), from which a bundler takes only what a page names.
 */
import "./autograd/methods.ts";

export * from "./autograd/index.ts";
export { DeviceLostError, LimitError, NoWebGpuError } from "./gpu/index.ts";
export { init } from "./kernels/init.ts";
export * from "./train/index.ts";

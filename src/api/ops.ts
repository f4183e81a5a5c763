/**
 * Ops and kernels of one's own: the entry `webgraft/ops` and the namespace `ops`. An op is defined once, with its gradients,
 * and works like the library's: in layers, in captured steps, in training. `Profiler` tells what every kernel takes.
 *
 * @module webgraft/ops
 */
export {
  type Definition,
  defineOwnOp as defineOp,
  type GradRule,
  type OpResult,
  type OwnOp,
  saving,
  type Wanted,
} from "../autograd/index.ts";
export {
  type Groups,
  type LaunchParams,
  linearGrid,
  type ProfileRow,
  Profiler,
} from "../gpu/index.ts";
export {
  allocate,
  defineKernel,
  type KernelSpec,
  launch,
  type NDArray,
  type OwnKernel,
} from "../kernels/index.ts";

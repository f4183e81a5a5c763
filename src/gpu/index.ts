export {
  isAsync,
  keepContext,
  nextInOrder,
  runNow,
  runWith,
  type Setting,
  Variable,
} from "./context.ts";
export { currentDevice } from "./current.ts";
export { Device, type MemoryUse } from "./device.ts";
export { DeviceLostError, formatBytes, LimitError, NoWebGpuError } from "./errors.ts";
export { LaunchGraph } from "./graph.ts";
export type { GraphMemory } from "./graph_memory.ts";
export { arrange } from "./hoist.ts";
export { type InitOptions, takeDevice } from "./init.ts";
export {
  constantName,
  type Kernel,
  type KernelBinding,
  type KernelSource,
  specialize,
} from "./kernel.ts";
export { eachRun, type HasStorage, launch, linearGrid } from "./launch.ts";
export { planMemory } from "./memory_plan.ts";
export type { Params } from "./params.ts";
export { bucketSize } from "./pool.ts";
export { type DeviceProfile, profileOf } from "./profile.ts";
export { type ProfileRow, Profiler } from "./profiler.ts";
export { currentRecorder, type LaunchParams, Recorder, Sketch, unrecorded } from "./recorder.ts";
export { Storage } from "./storage.ts";
export type { Groups } from "./stream.ts";

export {
  isAsync,
  keepContext,
  nextInOrder,
  refusePromise,
  runNow,
  runWith,
  type Setting,
  Variable,
} from "./context.ts";
export { currentDevice, deviceOrNull } from "./current.ts";
export { Device, type MemoryUse } from "./device.ts";
export { DeviceLostError, LimitError, NoWebGpuError } from "./errors.ts";
export { type InitOptions, takeDevice } from "./init.ts";
export { constantName, type Kernel, type KernelSource, specialize } from "./kernel.ts";
export { eachRun, type HasStorage, launch, linearGrid } from "./launch.ts";
export { bindingsOf, paramsOf } from "./layout.ts";
export type { Params } from "./params.ts";
export { bucketSize } from "./pool.ts";
export { adapterName, type DeviceProfile, profileOf } from "./profile.ts";
export { type ProfileRow, Profiler } from "./profiler.ts";
export { LaunchGraph } from "./replay/graph.ts";
export type { GraphMemory } from "./replay/graph_memory.ts";
export { arrange } from "./replay/hoist.ts";
export { planMemory } from "./replay/memory_plan.ts";
export {
  currentRecorder,
  type HeldStorages,
  type LaunchParams,
  Recorder,
  Sketch,
  unrecorded,
} from "./replay/recorder.ts";
export { Storage } from "./storage.ts";
export type { Groups } from "./stream.ts";

export { currentDevice, Device, type InitOptions, init, type MemoryUse } from "./device.ts";
export { DeviceLostError, formatBytes, LimitError, NoWebGpuError } from "./errors.ts";
export { LaunchGraph } from "./graph.ts";
export { type Kernel, type KernelSource, specialize } from "./kernel.ts";
export { eachRun, launch, linearGrid } from "./launch.ts";
export type { Params } from "./params.ts";
export { type ProfileRow, Profiler } from "./profiler.ts";
export { planMemory, Recorder } from "./recorder.ts";
export { Storage } from "./storage.ts";

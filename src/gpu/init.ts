import { checkOptions } from "../base/index.ts";
import { platform } from "../platform/index.ts";
import { deviceOrNull, takeOnce } from "./current.ts";
import { Device } from "./device.ts";
import { NoWebGpuError } from "./errors.ts";

export interface InitOptions {
  /** Use this adapter instead of asking for one. */
  adapter?: GPUAdapter;
  /** Use this device; its limits and features are what it was requested with. */
  device?: GPUDevice;
  powerPreference?: GPUPowerPreference;
  /**
   * How kernels are chosen: by rule, or by timing candidates on the actual shapes once. What was
   * found is kept for later runs; `tuningTable()` shows it.
   */
  tuning?: "heuristic" | "measure";
}

const FEATURES = ["shader-f16", "subgroups", "timestamp-query"] as const;
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxStorageBuffersPerShaderStage",
] as const;

/** What `init` (src/kernels/init.ts) does without loading kernels. */
export async function takeDevice(options: InitOptions = {}): Promise<Device> {
  checkInit(options);
  const current = deviceOrNull();
  if (current && !current.isLost && !options.adapter && !options.device) return current;
  return takeOnce(() => makeDevice(options), !options.adapter && !options.device);
}

async function makeDevice(options: InitOptions): Promise<Device> {
  const adapter = options.device ? null : (options.adapter ?? (await requestAdapter(options)));
  const gpu = options.device ?? (await requestDevice(adapter!));
  const info = gpu.adapterInfo ?? adapter?.info;
  return new Device(gpu, info);
}

function checkInit(options: InitOptions): void {
  checkOptions("init", options, ["adapter", "device", "powerPreference", "tuning"]);
  if (options.tuning === undefined || ["heuristic", "measure"].includes(options.tuning)) return;
  throw new Error(`init: tuning is "${options.tuning}"; it must be "heuristic" or "measure"`);
}

async function requestAdapter(options: InitOptions): Promise<GPUAdapter> {
  const gpu = await platform().gpu();
  const adapter = await gpu?.requestAdapter({ powerPreference: options.powerPreference });
  if (adapter) return adapter;
  throw new NoWebGpuError(
    gpu
      ? "WebGPU offers no adapter here: check the driver (chrome://gpu), or start the browser with " +
          "--enable-unsafe-swiftshader"
      : "no WebGPU here: use Chrome or Edge 113+, Safari 26+ or Firefox 141+ over https or localhost; in Node, " +
          'import "webgraft/node" first',
  );
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const name of LIMITS) requiredLimits[name] = adapter.limits[name];
  const requiredFeatures = FEATURES.filter((feature) =>
    adapter.features.has(feature),
  ) as GPUFeatureName[];
  return adapter.requestDevice({ label: "graft", requiredLimits, requiredFeatures });
}

/** Devices as kernels are chosen for them: those that tests run on, and others that they only pretend to have. */
import { takeOnce } from "../src/gpu/current.ts";
import { currentDevice, Device, type DeviceProfile, profileOf } from "../src/gpu/index.ts";
import { testAdapter } from "./gpu_adapter.ts";

const limits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxStorageBufferBindingSize: 2 ** 27,
};

function adapter(description: string, subgroup: readonly [min: number, max: number]) {
  const [subgroupMinSize, subgroupMaxSize] = subgroup;
  const names = { vendor: "", architecture: "", device: "", description };
  return { ...names, subgroupMinSize, subgroupMaxSize } as GPUAdapterInfo;
}

const subgroups = new Set(["subgroups"]);

export const profiles = {
  /** Subgroups are quads. */
  swiftshader: profileOf(adapter("SwiftShader driver 5.0.0", [4, 4]), subgroups, limits),
  lavapipe: profileOf(adapter("llvmpipe: Mesa 25.0.7", [8, 8]), subgroups, limits),
  /** A processor without subgroups. */
  plain: profileOf(adapter("SwiftShader driver 5.0.0", [4, 4]), new Set(), limits),
  gpu: profileOf(adapter("", [32, 32]), subgroups, limits),
};

/** A GPU's profile with the features, and the compiler, of the device that tests run on. */
export function gpuProfile({ info, features, limits, profile }: Device): DeviceProfile {
  const { subgroupMinSize, subgroupMaxSize } = info;
  const anonymous = { vendor: "", architecture: "", device: "", description: "" };
  const unknown = { ...anonymous, subgroupMinSize, subgroupMaxSize } as GPUAdapterInfo;
  const { longKernels } = profile;
  return { ...profileOf(unknown, features, limits), longKernels };
}

/** The current device's GPU once more, with kernels chosen for another profile. */
export function deviceWith(profile: DeviceProfile): Device {
  const { gpu, info } = currentDevice();
  return new Device(gpu, info, profile);
}

/** A device of the adapter under test with no more than WebGPU's default limits: it binds 128 MiB. */
export async function leastDevice(): Promise<Device> {
  const { features } = currentDevice();
  const adapter = await testAdapter();
  const requiredFeatures = [...features].filter((name) => adapter.features.has(name));
  const gpu = await adapter.requestDevice({
    requiredFeatures: requiredFeatures as GPUFeatureName[],
  });
  return new Device(gpu, adapter.info);
}

/** Makes a device the current one. */
export async function useDevice(device: Device): Promise<void> {
  await takeOnce(() => Promise.resolve(device), false);
}

/** Runs `fn` while `device` is the current one. */
export async function onDevice<T>(device: Device, fn: () => T | Promise<T>): Promise<T> {
  const before = currentDevice();
  await useDevice(device);
  try {
    return await fn();
  } finally {
    await useDevice(before);
  }
}

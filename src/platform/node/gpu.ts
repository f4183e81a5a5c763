/**
 * WebGPU in Node: Dawn, from the npm package `webgpu`, on the machine's own graphics driver or, on a Linux machine
 * without one, on the SwiftShader that `@sparticuz/chromium` carries.
 */
import { constants } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../base/index.ts";
import { swiftshaderFolder } from "./chromium_package.ts";
import { hasSoftwareBuild, installCommand, isInstalled } from "./install.ts";

export interface NodeGpuOptions {
  /** Use this software adapter even where the machine has a driver of its own. Linux on x64 only. */
  software?: "swiftshader";
}

interface Dawn {
  create(flags: string[]): GPU;
  globals: object;
}

/** What Dawn still works for must stay reachable from JavaScript, or the process crashes. */
const kept = new Map<string, Promise<GPU>>();

/** `dlopen` flag that Node doesn't name: keep the library loaded although Node closes its handle (Linux). */
const RTLD_NODELETE = 0x1000;

/**
 * The entry point of WebGPU, as `navigator.gpu` is in a browser. Also defines the WebGPU globals
 * (`GPUBufferUsage` and so on), but not `navigator.gpu`, which could stop the process from ending.
 *
 * @throws when the package `webgpu` is missing, or neither a driver nor the software adapter can be had.
 */
export function nodeGpu(options: NodeGpuOptions = {}): Promise<GPU> {
  const key = options.software ?? "";
  let gpu = kept.get(key);
  if (!gpu) {
    gpu = open(options);
    kept.set(key, gpu);
    gpu.catch(() => kept.delete(key)); // so that a later call can try again
  }
  return gpu;
}

async function open({ software }: NodeGpuOptions): Promise<GPU> {
  // Before a driver is looked for, so that one command is named for all that is missing, and not one after the other.
  if (!isInstalled("webgpu"))
    throw new Error(
      `WebGPU in Node needs packages that pages do without: run ${neededCommand(software !== undefined)}`,
    );
  return software ? openSoftware(software) : openSystem();
}

async function loadDawn(): Promise<Dawn> {
  let dawn: Dawn;
  try {
    dawn = await import("webgpu");
  } catch (error) {
    throw new Error(`WebGPU in Node: the package "webgpu" can't be loaded: ${messageOf(error)}`);
  }
  Object.assign(globalThis, dawn.globals);
  return dawn;
}

/** Without Dawn a driver can't be tried, but without Vulkan's loader there is none. */
function neededCommand(software: boolean): string {
  const carrier =
    hasSoftwareBuild && (software || !hasVulkanLoader()) ? ["@sparticuz/chromium"] : [];
  return installCommand(["webgpu", "sharp", ...carrier]);
}

/** The machine's own driver when it gives an adapter, else SwiftShader. */
async function openSystem(): Promise<GPU> {
  if (process.platform !== "linux") return (await loadDawn()).create([]);
  if (hasVulkanLoader()) {
    const gpu = (await loadDawn()).create([]);
    if (await gpu.requestAdapter()) return gpu;
  }
  return openSoftware("swiftshader").catch((error: Error) => {
    throw new Error(
      "no WebGPU adapter: this machine has no Vulkan driver that Dawn can use (Debian: mesa-vulkan-drivers, " +
        `version 25 or later), and there is no software adapter: ${error.message}`,
    );
  });
}

/** Asked first, because Dawn prints warnings when it looks for a loader in vain. */
function hasVulkanLoader(): boolean {
  try {
    preloadLibrary("libvulkan.so.1");
    return true;
  } catch {
    return false;
  }
}

async function openSoftware(name: string): Promise<GPU> {
  if (name !== "swiftshader") {
    throw new Error(`unknown software adapter "${name}": the one there is, is "swiftshader"`);
  }
  const folder = await swiftshaderFolder();
  // The Vulkan loader reads this each time that Dawn makes an instance.
  process.env.VK_DRIVER_FILES = join(folder, "vk_swiftshader_icd.json");
  preloadLibrary(join(folder, "libvulkan.so.1"));
  const { create } = await loadDawn();
  return create([`disable-dawn-features=${UNROLLED_ZEROS}`]);
}

/**
 * A feature of Dawn: the driver itself zeroes workgroup memory. SwiftShader compiles that to a store for each number (half a
 * second for a tile of 32 × 32); without it Dawn writes a loop.
 */
const UNROLLED_ZEROS = "use_vulkan_zero_initialize_workgroup_memory_extension";

/**
 * Load a shared library so that a later `dlopen` by its bare name finds it.
 *
 * Dawn asks for "libvulkan.so.1", and LD_LIBRARY_PATH only counts when set before the process starts. Node's own
 * `dlopen` serves: it complains that the library is no Node addon, but with NODELETE leaves it loaded.
 */
function preloadLibrary(path: string): void {
  try {
    const flags = constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL | RTLD_NODELETE;
    process.dlopen({ exports: {} }, path, flags);
  } catch (error) {
    const message = messageOf(error);
    if (!message.includes("did not self-register")) {
      throw new Error(`could not load the Vulkan loader ${path}: ${message}`);
    }
  }
}

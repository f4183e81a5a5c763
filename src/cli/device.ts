import { currentDevice } from "../gpu/index.ts";
import { setPlatform } from "../platform/index.ts";
import { nodeGpu, nodePlatform } from "../platform/node/index.ts";

export type AdapterOption = "system" | "software";

/** Has WebGPU taken from this adapter, also after a device was lost. */
export function useAdapter(adapter: AdapterOption = "system"): void {
  if (adapter === "software") {
    setPlatform({ ...nodePlatform, gpu: () => nodeGpu({ software: "swiftshader" }) });
  }
}

/** Lets the process end. */
export function releaseDevice(): void {
  try {
    currentDevice().destroy();
  } catch {
    // None was taken.
  }
}

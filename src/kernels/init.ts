import { type Device, type InitOptions, takeDevice } from "../gpu/index.ts";
import { setTuning } from "./tuning/tuning.ts";

/**
 * Takes a GPU and makes it the current device. Calling it again without `adapter` or `device`
 * returns the current device, or a new one when that was lost.
 *
 * @throws NoWebGpuError when there is no adapter.
 */
export async function init(options: InitOptions = {}): Promise<Device> {
  const device = await takeDevice(options);
  if (device.profile.kind === "processor") await loadProcessorVariants();
  if (options.tuning) await setTuning(device, options.tuning);
  return device;
}

/** Kernels for processors, which pages on a GPU don't download. */
export async function loadProcessorVariants(): Promise<void> {
  const { registerProcessorVariants } = await import("./software/variants.ts");
  registerProcessorVariants();
}

import { type Device, type InitOptions, takeDevice } from "../gpu/index.ts";
import { loadMeasuring } from "./tuning/measuring.ts";
import { loadSoftwareKernels } from "./tuning/software.ts";
import { adapterClass } from "./tuning/tuning.ts";

/**
 * Takes a GPU and makes it the current device. Calling it again without `adapter` or `device`
 * returns the current device, or a new one when that was lost.
 *
 * @throws NoWebGpuError when there is no adapter.
 */
export async function init(options: InitOptions = {}): Promise<Device> {
  // Before the device reads what was measured: that belongs to these kernels.
  if (options.tuning === "measure") await loadMeasuring();
  const device = await takeDevice(options);
  if (adapterClass(device) === "software") await loadSoftwareKernels();
  return device;
}

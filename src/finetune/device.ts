import { adapterName, deviceOrNull } from "../gpu/index.ts";
import { init } from "../kernels/index.ts";
import { acquireDevice } from "../train/index.ts";
import type { AdapterEvent, WarningEvent } from "./events.ts";
import type { TuningName } from "./settings/index.ts";
import type { Tell } from "./task.ts";

/**
 * Starts WebGPU, where it isn't running yet, and says on what. Where it ran before and was lost meanwhile, another device is
 * waited for.
 */
export async function startDevice(
  tuning: TuningName | undefined,
  tell: Tell<AdapterEvent | WarningEvent>,
) {
  const take = () => init(tuning && { tuning });
  const device = await (deviceOrNull()?.isLost ? anotherDevice(take, tell) : take());
  const { vendor, architecture } = device.info;
  await tell({ type: "adapter", name: adapterName(device.info), vendor, architecture });
  return device;
}

function anotherDevice(take: typeof init, tell: Tell<WarningEvent>) {
  let told = false;
  return acquireDevice(async () => {
    try {
      return await take();
    } catch (error) {
      const message = "the GPU went away; waiting up to two minutes for it to come back";
      if (!told) await tell({ type: "warning", message });
      told = true;
      throw error;
    }
  });
}

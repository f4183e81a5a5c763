import { adapterName } from "../gpu/index.ts";
import { init } from "../kernels/index.ts";
import type { AdapterEvent } from "./events.ts";
import type { TuningName } from "./settings/index.ts";
import type { Tell } from "./task.ts";

/** Starts WebGPU, where it isn't running yet, and says on what. */
export async function startDevice(tuning: TuningName | undefined, tell: Tell<AdapterEvent>) {
  const device = await init(tuning && { tuning });
  const { vendor, architecture } = device.info;
  await tell({ type: "adapter", name: adapterName(device.info), vendor, architecture });
  return device;
}

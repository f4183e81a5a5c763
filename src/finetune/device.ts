import { init } from "../kernels/index.ts";
import type { AdapterEvent } from "./events.ts";
import type { TuningName } from "./settings/index.ts";
import type { Tell } from "./task.ts";

/** Starts WebGPU, where it isn't running yet, and says on what. */
export async function startDevice(tuning: TuningName | undefined, tell: Tell<AdapterEvent>) {
  const device = await init(tuning && { tuning });
  const { description, vendor, architecture } = device.info;
  const name = description || [vendor, architecture].filter(Boolean).join(" ") || "unknown adapter";
  await tell({ type: "adapter", name, vendor, architecture });
  return device;
}

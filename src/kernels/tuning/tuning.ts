import { currentDevice, type Device } from "../../gpu/index.ts";
import { type Chooser, chooserOf } from "../variants/choose.ts";
import type { TuningProgress } from "./measure.ts";
import type { Tuner } from "./tuner.ts";
import type { TuningRow } from "./tuning_table.ts";

/** How kernels are chosen on a device from now on. Measuring starts with what earlier runs found. */
export async function setTuning(device: Device, tuning: Device["tuning"]): Promise<void> {
  if (tuning === "measure" && device.tuning !== tuning)
    await (await loadTuner(device)).table.load();
  device.tuning = tuning;
}

/**
 * Times the ways to compute every matrix product and convolution met since the last call, where
 * `init({ tuning: "measure" })` asked for that, and keeps the best for later runs. A captured step
 * does so in `compile`, a Trainer before its first step; call it after a first eager step.
 *
 * @returns whether anything was measured; captured steps are then recorded anew.
 */
export async function settleTuning(onProgress?: TuningProgress): Promise<boolean> {
  const device = currentDevice();
  const measured = device.tuning === "measure" && (await tunerOf(device)?.measure(onProgress));
  return Boolean(measured);
}

/** What was measured on this adapter, in this run or earlier ones. */
export function tuningTable(): TuningRow[] {
  return tunerOf(currentDevice())?.table.rows() ?? [];
}

/** Grows with each change of what was measured: kernels may then be chosen otherwise. */
export function tuningVersion(device: Device): number {
  return tunerOf(device)?.table.version ?? 0;
}

/** Forgets what was measured on this adapter, also by earlier runs. */
export async function clearTuning(): Promise<void> {
  await (await loadTuner(currentDevice())).table.clear();
}

/** What only devices that measure need: other pages don't download it. */
async function loadTuner(device: Device): Promise<Tuner> {
  const { Tuner } = await import("./tuner.ts");
  const slot = chooserOf(device);
  const tuner = tunerOf(device) ?? new Tuner(device);
  slot.chooser = tuner;
  return tuner;
}

const isTuner = (chooser: Chooser | null): chooser is Tuner =>
  chooser !== null && "table" in chooser;

function tunerOf(device: Device): Tuner | null {
  const { chooser } = chooserOf(device);
  return isTuner(chooser) ? chooser : null;
}

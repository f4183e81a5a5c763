import type { Device } from "../../gpu/index.ts";
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
 * Measures every problem met since the last time, on a device with `tuning: "measure"`, and keeps the results for later
 * runs.
 *
 * @returns the number of problems measured.
 */
export async function measureTuning(device: Device, onProgress?: TuningProgress): Promise<number> {
  return device.tuning === "measure" ? ((await tunerOf(device)?.measure(onProgress)) ?? 0) : 0;
}

/** What was measured on this adapter, as far as it is known here. */
export function tuningRows(device: Device): TuningRow[] {
  return tunerOf(device)?.table.rows() ?? [];
}

/** Grows with each change of what was measured: kernels may then be chosen otherwise. */
export function tuningVersion(device: Device): number {
  return tunerOf(device)?.table.version ?? 0;
}

/** Forgets what was measured on this adapter, also by earlier runs. */
export async function clearTuning(device: Device): Promise<void> {
  await (await loadTuner(device)).table.clear();
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

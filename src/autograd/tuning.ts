import { currentDevice, type TuningRow } from "../gpu/index.ts";
import { loadMeasuring, measuring, type TuningProgress } from "../kernels/index.ts";

export type { TuningRow } from "../gpu/index.ts";
export type { TuningProgress } from "../kernels/index.ts";

/**
 * Times the ways to compute every matrix product and convolution met since the last call, where
 * `init({ tuning: "measure" })` asked for that, and keeps the best for later runs. A captured step
 * does so in `compile`, a Trainer before its first step; call it after a first eager step.
 *
 * @returns whether anything was measured; captured steps are then recorded anew.
 */
export async function settleTuning(onProgress?: TuningProgress): Promise<boolean> {
  const measured = (await measuring(currentDevice())?.measureTuning(onProgress)) ?? 0;
  return measured > 0;
}

/** What was measured on this adapter, in this run or earlier ones. */
export function tuningTable(): TuningRow[] {
  return currentDevice().tuned?.rows() ?? [];
}

/** Forgets what was measured on this adapter. */
export async function clearTuning(): Promise<void> {
  await loadMeasuring(); // what was measured is kept by kernels, which these files name
  const table = await currentDevice().tuningTable();
  await table.clear();
}

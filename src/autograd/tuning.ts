import { currentDevice } from "../gpu/index.ts";
import {
  clearTuning as clear,
  measureTuning,
  type TuningProgress,
  type TuningRow,
  tuningRows,
} from "../kernels/index.ts";

export type { TuningProgress, TuningRow } from "../kernels/index.ts";

/**
 * Times the ways to compute every matrix product and convolution met since the last call, where
 * `init({ tuning: "measure" })` asked for that, and keeps the best for later runs. A captured step
 * does so in `compile`, a Trainer before its first step; call it after a first eager step.
 *
 * @returns whether anything was measured; captured steps are then recorded anew.
 */
export async function settleTuning(onProgress?: TuningProgress): Promise<boolean> {
  const measured = await measureTuning(currentDevice(), onProgress);
  return measured > 0;
}

/** What was measured on this adapter, in this run or earlier ones. */
export function tuningTable(): TuningRow[] {
  return tuningRows(currentDevice());
}

/** Forgets what was measured on this adapter. */
export async function clearTuning(): Promise<void> {
  await clear(currentDevice());
}

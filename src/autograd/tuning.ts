import { measureTuning, type TuningProgress } from "../kernels/tuning_measure.ts";
import { structureChanged } from "./structure.ts";

export type { TuningRow } from "../gpu/index.ts";
export { clearTuning, type TuningProgress, tuningTable } from "../kernels/tuning_measure.ts";

/**
 * Times the ways to compute every matrix product and convolution met since the last call, where
 * `init({ tuning: "measure" })` asked for that, and keeps the best for later runs. A captured step
 * does so in `compile`, a Trainer before its first step; call it after a first eager step.
 *
 * @returns whether anything was measured; captured steps are then recorded anew.
 */
export async function settleTuning(onProgress?: TuningProgress): Promise<boolean> {
  const measured = await measureTuning(onProgress);
  if (measured > 0) structureChanged();
  return measured > 0;
}

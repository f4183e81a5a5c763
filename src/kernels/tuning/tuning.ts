import type { Device } from "../../gpu/index.ts";
import { convolutions } from "../conv2d/variants.ts";
import { products } from "../matmul/variants.ts";
import type { TuningProgress } from "./measure.ts";
import { tunerOf } from "./tuner.ts";
import type { TuningRow, TuningTable } from "./tuning_table.ts";

/** How kernels are chosen on a device from now on. Measuring starts with what earlier runs found. */
export async function setTuning(device: Device, tuning: Device["tuning"]): Promise<void> {
  if (tuning === "measure" && device.tuning !== tuning) await (await tableOf(device)).load();
  device.tuning = tuning;
}

/**
 * Measures every problem met since the last time, on a device with `tuning: "measure"`, and keeps the results for later
 * runs.
 *
 * @returns the number of problems measured.
 */
export async function measureTuning(device: Device, onProgress?: TuningProgress): Promise<number> {
  const tuner = tunerOf(device);
  if (device.tuning !== "measure" || tuner.met.size === 0) return 0;
  const { measureMet } = await import("./measure.ts");
  const table = await tableOf(device);
  tuner.measuring ??= measureMet(device, table, onProgress).finally(() => {
    tuner.measuring = null;
  });
  return tuner.measuring;
}

/** What was measured on this adapter, as far as it is known here. */
export function tuningRows(device: Device): TuningRow[] {
  return tunerOf(device).table?.rows() ?? [];
}

/** Grows with each change of what was measured: kernels may then be chosen otherwise. */
export function tuningVersion(device: Device): number {
  return tunerOf(device).table?.version ?? 0;
}

/** Forgets what was measured on this adapter, also by earlier runs. */
export async function clearTuning(device: Device): Promise<void> {
  await (await tableOf(device)).clear();
}

async function tableOf(device: Device): Promise<TuningTable> {
  const { TuningTable } = await import("./tuning_table.ts");
  const tuner = tunerOf(device);
  tuner.table ??= new TuningTable(device.info, fingerprint());
  return tuner.table;
}

/** FNV-1a over the text of the shaders that there is a choice of. */
function fingerprint(): string {
  const variants = [...products.variants, ...convolutions.variants];
  const files = variants.flatMap(({ sources = [] }) => sources.flatMap(({ files }) => files));
  const texts = new Set(files.map(({ text }) => text));
  let state = 0x811c9dc5;
  for (const text of texts)
    for (let i = 0; i < text.length; i++)
      state = Math.imul(state ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return state.toString(16);
}

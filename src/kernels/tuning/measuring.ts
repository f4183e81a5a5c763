import type { Device } from "../../gpu/index.ts";

/** What only `init({ tuning: "measure" })` needs: other pages don't download it. */
type Measuring = typeof import("./tuning_measure.ts");

let loaded: Measuring | null = null;

/** Choosing by measurement, on a device that does so. */
export function measuring(device: Device): Measuring | null {
  return device.tuning === "measure" ? loaded : null;
}

/** `init` waits for this where choices are to be measured. */
export async function loadMeasuring(): Promise<Measuring> {
  loaded ??= await import("./tuning_measure.ts");
  return loaded;
}

import { init } from "../kernels/index.ts";
import { setPlatform } from "../platform/index.ts";
import { nodeGpu, nodePlatform } from "../platform/node/index.ts";
import type { Output } from "./output.ts";

export type AdapterOption = "system" | "software";
export const TUNINGS = ["heuristic", "measure"] as const;
export type TuningOption = (typeof TUNINGS)[number];

/** Starts WebGPU and says on what. A device taken after a loss comes from the same adapter. */
export async function startDevice(
  adapter: AdapterOption,
  output?: Output,
  tuning: TuningOption = "heuristic",
) {
  if (adapter === "software") {
    setPlatform({ ...nodePlatform, gpu: () => nodeGpu({ software: "swiftshader" }) });
  }
  const device = await init({ tuning });
  const { description, vendor, architecture } = device.info;
  const name = description || [vendor, architecture].filter(Boolean).join(" ") || "unknown adapter";
  output?.line(`Running on ${name}`);
  output?.emit("adapter", { name, vendor, architecture });
  return device;
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchOptions } from "../options.ts";
import type { Run } from "../types.ts";
import { reportHtml } from "./html.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** "chromium-google-swiftshader": one file for each place and adapter. */
export function runName({ place, adapter }: Pick<Run, "place" | "adapter">): string {
  const { vendor, architecture, device, description } = adapter;
  const adapterName = /llvmpipe/.test(device + description)
    ? "lavapipe"
    : [vendor, architecture || device || description].filter(Boolean).join("-");
  return `${place}-${adapterName}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "");
}

/** Only a whole run may take the place of the results that are kept. */
export function resultsFolder(options: Pick<BenchOptions, "out">, run: Run): string {
  if (options.out) return options.out;
  const keep = run.size === "full" && run.complete;
  return join(repository, keep ? "bench/results" : "out/bench");
}

/** Shorter numbers for people who read the file; far more digits than a timing has. */
export function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(6))
    : value;
}

/** Writes JSON and HTML. Returns their paths. */
export async function writeRun(run: Run, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const [json, html] = ["json", "html"].map((end) => join(folder, `${runName(run)}.${end}`));
  await writeFile(json, `${JSON.stringify(run, rounded, 1)}\n`);
  await writeFile(html, await reportHtml(run));
  return [json, html];
}

/** Short runs of the recipe for its tests, in a folder of their own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll } from "vitest";
import {
  type FinetuneEvent,
  type FinetuneOptions,
  type FinetuneSettings,
  finetune,
} from "../../src/finetune/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";

export const builtin = fileURLToPath(new URL("../../assets/letters.safetensors", import.meta.url));
export const quick: FinetuneSettings = { quick: true, epochs: 1, compare: false };

let folder = "";

/** To be called by each file, as this module outlives it: makes the folder of its runs, and cleans up after them. */
export function runInFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "graft-finetune-"));
  });
  afterEach(() => void setPlatform(nodePlatform));
  afterAll(() => {
    rmSync(folder, { recursive: true });
    folder = "";
  });
}

/** A path in that folder. */
export function at(...parts: string[]): string {
  if (folder === "") throw new Error("the test file hasn't called runInFolder()");
  return join(folder, ...parts);
}

export async function run(settings: FinetuneSettings, options: FinetuneOptions = {}) {
  const events: FinetuneEvent[] = [];
  const asked = options.resume ? settings : { ...quick, ...settings };
  const task = finetune(asked, { builtin, ...options });
  for await (const event of task) events.push(event);
  return { result: await task, events, types: [...new Set(events.map(({ type }) => type))] };
}

export const last = <T extends FinetuneEvent["type"]>(events: readonly FinetuneEvent[], type: T) =>
  events.findLast((event): event is Extract<FinetuneEvent, { type: T }> => event.type === type);

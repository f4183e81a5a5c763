/** Short runs of the recipe for its tests, in a folder of their own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach } from "vitest";
import {
  type FinetuneEvent,
  type FinetuneOptions,
  type FinetuneSettings,
  finetune,
} from "../../src/finetune/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";

export const builtin = fileURLToPath(new URL("../../assets/letters.safetensors", import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), "graft-finetune-"));
export const at = (...parts: string[]) => join(folder, ...parts);
export const quick: FinetuneSettings = { quick: true, epochs: 1, compare: false };

afterEach(() => void setPlatform(nodePlatform));
afterAll(() => rmSync(folder, { recursive: true }));

export async function run(settings: FinetuneSettings, options: FinetuneOptions = {}) {
  const events: FinetuneEvent[] = [];
  const asked = options.resume ? settings : { ...quick, ...settings };
  const task = finetune(asked, { builtin, ...options });
  for await (const event of task) events.push(event);
  return { result: await task, events, types: [...new Set(events.map(({ type }) => type))] };
}

export const last = <T extends FinetuneEvent["type"]>(events: readonly FinetuneEvent[], type: T) =>
  events.findLast((event): event is Extract<FinetuneEvent, { type: T }> => event.type === type);

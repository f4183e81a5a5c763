import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Trainer } from "../train/index.ts";
import { UsageError } from "./errors.ts";
import type { FinetuneOptions } from "./options.ts";

/** The checkpoint that belongs to a result. */
export function checkpointPath(save: string): string {
  return join(dirname(save), "checkpoint.safetensors");
}

const optionsPath = (checkpoint: string) => `${checkpoint.replace(/\.safetensors$/, "")}.json`;

/** Saves an interrupted run: the trainer's state, and the options it was started with. */
export async function saveCheckpoint(
  trainer: Trainer,
  path: string,
  options: FinetuneOptions,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await trainer.save(path);
  const { resume: _, adapter: _a, json: _j, debug: _d, ...kept } = options;
  await writeFile(optionsPath(path), `${JSON.stringify({ options: kept }, null, 2)}\n`);
}

/** A finished run has no use for its checkpoint. */
export async function removeCheckpoint(path: string): Promise<void> {
  for (const file of [path, optionsPath(path)]) await rm(file, { force: true });
}

/**
 * The options of an interrupted run, with those given now on top.
 *
 * @throws UsageError when there is no checkpoint.
 */
export function resumedOptions(given: FinetuneOptions, defaultSave: string): FinetuneOptions {
  const path =
    typeof given.resume === "string" ? given.resume : checkpointPath(given.save ?? defaultSave);
  for (const file of [path, optionsPath(path)]) {
    if (existsSync(file)) continue;
    throw new UsageError(`${file}: no such file, so there is nothing to resume`);
  }
  const saved = parse(readFileSync(optionsPath(path), "utf8"));
  if (typeof saved !== "object" || saved === null || !("options" in saved)) {
    throw new UsageError(`${optionsPath(path)}: not what an interrupted run wrote`);
  }
  return { ...(saved.options as FinetuneOptions), ...given, resume: path };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

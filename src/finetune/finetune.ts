import type { Task } from "../base/index.ts";
import type { FinetuneEvent } from "./events.ts";
import type { FinetuneResult } from "./result.ts";
import type { FinetuneOptions } from "./run.ts";
import type { FinetuneSettings } from "./settings/index.ts";
import { taskOf } from "./task.ts";

/**
 * Fine-tunes a network on pictures, and decides about everything that wasn't asked for: opens data and weights, builds
 * the network with a new head, trains, validates after every epoch, compares and saves.
 *
 * `for await` gives the events, `await` the result; either starts it. It needs no `init()` before. In Node it keeps its
 * state on the disk while it trains, where `save` is given: see `FinetuneOptions.resume`.
 *
 * @param settings see `SETTINGS`: those of the command line, under the names of programs.
 * @throws SettingError for settings that can't be carried out, before any work is done.
 * @example
 * const { model, classes, evaluation } = await finetune({ weights: "mobilenet_v2", data: "photos" });
 * for await (const event of finetune({ weights: url, data: { cat: files, dog: others } }, { signal })) show(event);
 */
export function finetune(
  settings: FinetuneSettings = {},
  options: FinetuneOptions = {},
): Task<FinetuneEvent, FinetuneResult> {
  return taskOf(async (tell, signal) => {
    const { run } = await import("./run.ts"); // a page may offer it and not use it
    return run(settings, options, tell, signal);
  }, options.signal);
}

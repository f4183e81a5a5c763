import { loadWeights, type WeightSource } from "../../formats/index.ts";
import { findPretrained, listPretrained, type PretrainedEntry } from "../../models/index.ts";
import { sourceName } from "../../platform/index.ts";
import {
  type NetworkInfo,
  networkInfoIn,
  pretrainedClasses,
  pretrainedFile,
} from "../../transfer/index.ts";
import { SettingError } from "../errors.ts";
import type { PretrainedEvent, ReadingEvent, WarningEvent } from "../events.ts";
import { kindOf } from "../places.ts";
import type { Tell } from "../task.ts";
import { didYouMean } from "../text.ts";
import type { Pretrained } from "./plan.ts";

const URL_START = /^(https?|file|blob|data):/i;

/** What opening weights tells. */
export type OpeningEvent = ReadingEvent | PretrainedEvent | WarningEvent;

/**
 * The weights that a source or a name of the registry means; a file of the same name comes first.
 *
 * @throws SettingError when it is none of these.
 */
export async function openWeights(
  given: WeightSource,
  tell: Tell<OpeningEvent>,
): Promise<Pretrained> {
  if (typeof given !== "string") return openFile(given, nameOf(given), tell);
  const entry = URL_START.test(given) || (await kindOf(given)) ? undefined : findPretrained(given);
  if (entry) return openEntry(entry, tell);
  if (URL_START.test(given) || (await kindOf(given)) !== null) return openFile(given, given, tell);
  const near = didYouMean(
    given,
    listPretrained().map(({ name }) => name),
  );
  throw new SettingError(
    `${given}: no such file or folder, and no pretrained weights of this name${near} ({models} lists them)`,
  );
}

/** Opens the network that is given to start from where the settings name none. */
export async function openBuiltin(source: WeightSource): Promise<Pretrained> {
  const file = await loadWeights(source);
  const name = "the built-in network";
  return { name, file, info: networkInfoIn(file.metadata, name) };
}

async function openFile(
  source: WeightSource,
  name: string,
  tell: Tell<OpeningEvent>,
): Promise<Pretrained> {
  const read = new Map<string, readonly [done: number, total: number]>();
  const file = await loadWeights(source, {
    onProgress(done, total, part) {
      if (!total) return;
      read.set(part, [done, total]);
      const [all, whole] = [...read.values()].reduce(([a, b], [c, d]) => [a + c, b + d]);
      void tell({ type: "reading", name, download: false, done: all, total: whole });
    },
  });
  return { name, file, info: networkInfoIn(file.metadata, name) };
}

function nameOf(source: Exclude<WeightSource, string>): string {
  const single = source instanceof URL || source instanceof Blob;
  return single ? sourceName(source) : "the given weights";
}

async function openEntry(entry: PretrainedEntry, tell: Tell<OpeningEvent>): Promise<Pretrained> {
  const { name, licence, size } = entry;
  await tell({ type: "pretrained", name, licence, size });
  const { file } = await pretrainedFile(name, {
    onProgress: (done, total) => void tell({ type: "reading", name, download: true, done, total }),
  });
  return { name, file, info: infoOf(entry), entry };
}

/**
 * The same weights with the names of their classes, where those are published beside them; what can't be had is told, and
 * the classes keep their numbers.
 */
export async function withClassNames(
  opened: Pretrained,
  tell: Tell<WarningEvent>,
): Promise<Pretrained> {
  const { entry, info, file } = opened;
  if (!entry || !info || entry.numClasses === 0) return opened;
  const { classes, notes } = await pretrainedClasses(entry, file);
  for (const message of notes) await tell({ type: "warning", message });
  return classes.length > 0 ? { ...opened, info: { ...info, classes } } : opened;
}

/** What the registry knows about a network, in the words of those that were saved here. */
export function infoOf(entry: PretrainedEntry): NetworkInfo {
  const { architecture, alpha, numClasses, input } = entry;
  return {
    architecture,
    top: numClasses > 0 ? "own" : "linear",
    alpha,
    input: { ...input, channels: input.channels ?? 3 },
    classes: entry.classes ?? Array.from({ length: numClasses }, (_, i) => `class ${i}`),
  };
}

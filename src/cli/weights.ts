import { existsSync } from "node:fs";
import { loadWeights } from "../formats/index.ts";
import { findPretrained, type PretrainedEntry } from "../models/index.ts";
import { pretrainedFile } from "../transfer/index.ts";
import { UsageError } from "./errors.ts";
import { bytes } from "./format.ts";
import { type NetworkInfo, readInfo } from "./info.ts";
import type { Output } from "./output.ts";
import { commandName } from "./paths.ts";
import type { Pretrained } from "./plan.ts";

const URL_START = /^https?:/i;

/**
 * The weights that a path, a URL or a name of the registry means; a file of the same name comes first.
 *
 * @throws UsageError when it is none of these.
 */
export async function openWeights(given: string, output: Output): Promise<Pretrained> {
  if (URL_START.test(given) || existsSync(given)) return openFile(given, output);
  const entry = findPretrained(given);
  if (entry) return openEntry(entry, output);
  throw new UsageError(
    `${given}: no such file or folder, and no pretrained weights of this name ` +
      `("${commandName()} models" lists them)`,
  );
}

async function openFile(path: string, output: Output): Promise<Pretrained> {
  const progress = output.progress("reading weights");
  try {
    const file = await loadWeights(path, {
      onProgress: (done, total) => total && progress.bytes(done, total),
    });
    return { path, file, info: readInfo(file, path) };
  } finally {
    progress.stop();
  }
}

async function openEntry(entry: PretrainedEntry, output: Output): Promise<Pretrained> {
  const { name, licence, size } = entry;
  output.line(`Pretrained: ${name}, ${bytes(size)}, licence ${licence}`);
  const progress = output.progress(`downloading ${name}`);
  try {
    const { file } = await pretrainedFile(name, {
      onProgress: (done, total) => progress.bytes(done, total),
    });
    return { path: name, file, info: infoOf(entry), entry };
  } finally {
    progress.stop();
  }
}

/** What the registry knows about a network, in the words of those that were saved here. */
export function infoOf(entry: PretrainedEntry): NetworkInfo {
  const { architecture, alpha, numClasses, input } = entry;
  const { order, scale, mean, std, ...shape } = input;
  return {
    architecture,
    top: numClasses > 0 ? "own" : "linear",
    alpha,
    input: { ...shape, channels: 3, convention: { order, scale, mean, std } },
    classes: entry.classes ?? Array.from({ length: numClasses }, (_, i) => `class ${i}`),
  };
}

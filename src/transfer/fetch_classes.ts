import { messageOf } from "../base/index.ts";
import { readLabels, type WeightFile } from "../formats/index.ts";
import type { PretrainedEntry, PublishedClasses } from "../models/index.ts";
import { download, readSource } from "../platform/index.ts";
import { networkInfoIn } from "./network/info.ts";
import { cacheFor, type FetchOptions, placeOf } from "./published.ts";

/** The classes of published weights. */
export interface NamedClasses {
  /** In the order of the outputs; empty where their names can't be had. */
  readonly classes: readonly string[];
  /** Why they can't be had, in one sentence. */
  readonly notes: readonly string[];
}

/** ImageNet's names are 35 KB. */
const MAX_SIZE = 2 ** 20;
/** Milliseconds: a network that is there already must not wait long for names. */
const PATIENCE = 10_000;

/**
 * The names of the classes of published weights: their file's own, else those known here, else a published list, which is
 * downloaded once and kept beside the weights. Without it the network works all the same: then `notes` says what is missing.
 *
 * @throws the signal's reason when aborted.
 */
export async function fetchClasses(
  entry: PretrainedEntry,
  file: WeightFile,
  options: FetchOptions = {},
  patience = PATIENCE,
): Promise<NamedClasses> {
  const said = networkInfoIn(file.metadata, entry.name)?.classes ?? file.graph?.classes;
  const known = said ?? entry.classes;
  if (known?.length === entry.numClasses) return { classes: known, notes: [] };
  if (!entry.classList) return { classes: [], notes: [] };
  const limit = AbortSignal.timeout(patience);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    return { classes: await listed(entry, entry.classList, { ...options, signal }), notes: [] };
  } catch (error) {
    options.signal?.throwIfAborted();
    const tooSlow = `${entry.classList.url} didn't come within ${patience / 1000} s`;
    const why = limit.aborted ? tooSlow : messageOf(error);
    return { classes: [], notes: [`${entry.name}: its classes have no names, because ${why}`] };
  }
}

async function listed(
  entry: PretrainedEntry,
  { url: published, sha256 }: PublishedClasses,
  options: FetchOptions,
): Promise<string[]> {
  const cache = await cacheFor(options);
  const { key, url } = placeOf(entry, published, options);
  const about = { key, cache, sha256, maxSize: MAX_SIZE, retries: 1, signal: options.signal };
  const bytes = await readSource(await download(url, about));
  try {
    // Keras joins words so.
    const names = readLabels(bytes, url).map((name) => name.replaceAll("_", " "));
    if (names.length === entry.numClasses) return names;
    throw new Error(`${url}: it has ${names.length} names, not ${entry.numClasses}`);
  } catch (error) {
    await cache.delete(key); // another file, which no hash would tell
    throw error;
  }
}

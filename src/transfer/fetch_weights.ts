import { messageOf } from "../base/index.ts";
import { loadWeights, type WeightFile, type WeightSource } from "../formats/index.ts";
import type { PretrainedEntry } from "../models/index.ts";
import { type CachedFile, download, type FileCache, readSource } from "../platform/index.ts";
import { cacheFor, type FetchOptions, placeOf } from "./published.ts";

/** Shards are small: several at a time hide the way to the server. */
const AT_A_TIME = 6;

/** Downloads an entry's files where the cache lacks them, and reads them. */
export async function fetchWeights(
  entry: PretrainedEntry,
  options: FetchOptions,
): Promise<WeightFile> {
  const { signal } = options;
  const cache = await cacheFor(options);
  const fetching = new Fetching(entry, options, cache);
  const names = await fetching.all();
  try {
    return await loadWeights(fetching.source(), { signal });
  } catch (error) {
    // A hash would have told; without one, a wrong file must not stay.
    if (entry.sha256 !== undefined || signal?.aborted) throw error;
    for (const name of names) await cache.delete(fetching.key(name));
    throw new Error(
      `${entry.name}: what was downloaded can't be read and was deleted: try again (${messageOf(error)})`,
      { cause: error },
    );
  }
}

class Fetching {
  readonly #entry: PretrainedEntry;
  readonly #options: FetchOptions;
  readonly #cache: FileCache;
  readonly #files = new Map<string, CachedFile>();
  readonly #arrived = new Map<string, number>();

  constructor(entry: PretrainedEntry, options: FetchOptions, cache: FileCache) {
    this.#entry = entry;
    this.#options = options;
    this.#cache = cache;
  }

  key(name: string): string {
    return this.#place(name).key;
  }

  /** Fetches the main file and what it refers to. @returns their names. */
  async all(): Promise<string[]> {
    const main = this.#mainName();
    await this.#fetch(main);
    const shards = this.#entry.shards ? await this.#shardNames(main) : [];
    for (let at = 0; at < shards.length; at += AT_A_TIME) {
      await Promise.all(shards.slice(at, at + AT_A_TIME).map((name) => this.#fetch(name)));
    }
    return [...this.#files.keys()];
  }

  /** In Node the path, beside which the others lie; in a page all of them by name. */
  source(): WeightSource {
    const main = this.#files.get(this.#mainName())!;
    if (typeof main === "string" || !this.#entry.shards) return main;
    const blobs = [...this.#files].filter(
      (file): file is [string, Blob] => file[1] instanceof Blob,
    );
    return new Map(blobs);
  }

  #mainName(): string {
    return this.#entry.url.slice(this.#entry.url.lastIndexOf("/") + 1);
  }

  async #fetch(name: string): Promise<void> {
    const { size, sizeTolerance, sha256, shards } = this.#entry;
    const known = shards ? { maxSize: size + sizeTolerance } : { size, sizeTolerance, sha256 };
    const onProgress = (bytes: number) => this.#report(name, bytes);
    const { signal } = this.#options;
    const { key, url } = this.#place(name);
    const about = { ...known, key, cache: this.#cache, onProgress, signal };
    this.#files.set(name, await download(url, about));
  }

  #place(name: string) {
    return placeOf(this.#entry, new URL(name, this.#entry.url).href, this.#options);
  }

  #report(name: string, bytes: number): void {
    this.#arrived.set(name, bytes);
    const sum = [...this.#arrived.values()].reduce((total, part) => total + part, 0);
    this.#options.onProgress?.(sum, Math.max(sum, this.#entry.size));
  }

  async #shardNames(main: string): Promise<string[]> {
    const text = new TextDecoder().decode(await readSource(this.#files.get(main)!));
    const names = parseManifest(text);
    if (names?.every((name) => /^[a-zA-Z0-9_][a-zA-Z0-9._-]*$/.test(name))) return names;
    await this.#cache.delete(this.key(main));
    throw new Error(
      `${this.#place(main).url}: no TensorFlow.js model, or one with strange file names; it was deleted. ` +
        "Check the address or mirror",
    );
  }
}

/** The files that a model.json refers to; null where it is none. */
function parseManifest(text: string): string[] | null {
  try {
    const { weightsManifest } = JSON.parse(text);
    const paths: unknown[] = weightsManifest.flatMap((group: { paths: unknown[] }) => group.paths);
    return paths.filter((path) => typeof path === "string").length === paths.length
      ? paths.map(String)
      : null;
  } catch {
    return null;
  }
}

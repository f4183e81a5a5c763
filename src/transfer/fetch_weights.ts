import { messageOf } from "../base/index.ts";
import { loadWeights, type WeightFile, type WeightSource } from "../formats/index.ts";
import { type CachedFile, download, type FileCache, readSource } from "../platform/index.ts";
import { cacheFor, type FetchOptions, placeOf, type WantedFiles } from "./published.ts";

/** Shards are small: several at a time hide the way to the server. */
const AT_A_TIME = 6;

/** Weights as they were downloaded, and read. */
export interface Fetched {
  readonly files: ReadonlyMap<string, CachedFile>;
  readonly file: WeightFile;
}

/** Downloads files where the cache lacks them, and reads them. */
export async function fetchWeights(entry: WantedFiles, options: FetchOptions): Promise<Fetched> {
  const { signal } = options;
  const cache = await cacheFor(options);
  const fetching = new Fetching(entry, options, cache);
  const names = await fetching.all();
  try {
    return { files: fetching.files, file: await loadWeights(fetching.source(), { signal }) };
  } catch (error) {
    // A hash would have told; without one, a wrong file must not stay.
    if (entry.sha256 !== undefined || entry.md5 !== undefined || signal?.aborted) throw error;
    for (const name of names) await cache.delete(fetching.key(name));
    throw new Error(
      `${entry.name}: what was downloaded can't be read and was deleted: try again (${messageOf(error)})`,
      { cause: error },
    );
  }
}

class Fetching {
  readonly files = new Map<string, CachedFile>();
  readonly #entry: WantedFiles;
  readonly #options: FetchOptions;
  readonly #cache: FileCache;
  readonly #arrived = new Map<string, readonly [bytes: number, total: number]>();

  constructor(entry: WantedFiles, options: FetchOptions, cache: FileCache) {
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
    return [...this.files.keys()];
  }

  /** In Node the path, beside which the others lie; in a page all of them by name. */
  source(): WeightSource {
    const main = this.files.get(this.#mainName())!;
    if (typeof main === "string") return main;
    const blobs = [...this.files].filter((file): file is [string, Blob] => file[1] instanceof Blob);
    return new Map(blobs);
  }

  #mainName(): string {
    const { pathname } = new URL(this.#entry.url);
    return pathname.slice(pathname.lastIndexOf("/") + 1);
  }

  async #fetch(name: string): Promise<void> {
    const { size, sizeTolerance, sha256, md5, shards } = this.#entry;
    const known =
      shards && size !== undefined
        ? { maxSize: size + (sizeTolerance ?? 0) }
        : { size: shards ? undefined : size, sizeTolerance, sha256, md5 };
    const onProgress = (bytes: number, total = 0) => this.#report(name, bytes, total);
    const { signal } = this.#options;
    const { retries } = this.#entry;
    const { key, url } = this.#place(name);
    const about = { ...known, key, cache: this.#cache, onProgress, signal, retries };
    this.files.set(name, await download(url, about));
  }

  #place(name: string) {
    const { url } = this.#entry;
    const at = name === this.#mainName() ? url : new URL(name, url).href;
    return placeOf(this.#entry, at, this.#options);
  }

  #report(name: string, bytes: number, total: number): void {
    this.#arrived.set(name, [bytes, total]);
    const parts = [...this.#arrived.values()];
    const sum = parts.reduce((all, [part]) => all + part, 0);
    const announced = parts.reduce((all, [, whole]) => all + whole, 0);
    this.#options.onProgress?.(sum, Math.max(sum, this.#entry.size ?? announced));
  }

  async #shardNames(main: string): Promise<string[]> {
    const text = new TextDecoder().decode(await readSource(this.files.get(main)!));
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

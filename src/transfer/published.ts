import type { PretrainedEntry } from "../models/index.ts";
import { blobFileCache, type FileCache, memoryStore, platform } from "../platform/index.ts";

export interface FetchOptions {
  /** false: download again and keep nothing. Default true: a folder ($GRAFT_CACHE) or the Cache API. */
  cache?: boolean;
  /**
   * A mirror's address: files are taken from `<baseUrl>/<name>/<file>`. Default: `$GRAFT_MIRROR` in
   * Node, else the publisher's own.
   */
  baseUrl?: string;
  /** @param total bytes of all files together, as published. */
  onProgress?: (bytes: number, total: number) => void;
  signal?: AbortSignal;
}

/** Where a file that belongs to published weights is kept, and where it is had from. */
export function placeOf(entry: PretrainedEntry, url: string, { baseUrl }: FetchOptions) {
  const file = url.slice(url.lastIndexOf("/") + 1);
  const mirror = baseUrl ?? (typeof process === "object" ? process.env.GRAFT_MIRROR : undefined);
  return {
    key: `pretrained/${entry.name}/${file}`,
    url: mirror ? `${mirror.replace(/\/+$/, "")}/${entry.name}/${file}` : url,
  };
}

export async function cacheFor({ cache = true }: FetchOptions): Promise<FileCache> {
  return cache ? platform().files() : blobFileCache(memoryStore());
}

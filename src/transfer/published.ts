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

/** What is downloaded: published weights, or what somebody gave the address of, of which less is known. */
export interface WantedFiles {
  /** A folder of the cache and of mirrors. */
  readonly name: string;
  readonly url: string;
  /** Whether the file at `url` names others beside it that belong to it. */
  readonly shards: boolean;
  /** Bytes, of all files together. */
  readonly size?: number;
  readonly sizeTolerance?: number;
  readonly sha256?: string;
  readonly md5?: string;
  /** How often a transfer that breaks off is taken up again, if not as usual. */
  readonly retries?: number;
}

/** Where a file that belongs to published weights is kept, and where it is had from. */
export function placeOf(entry: { readonly name: string }, url: string, { baseUrl }: FetchOptions) {
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

import type { FileCache } from "../download/types.ts";
import { type BlobStore, blobFileCache, memoryStore } from "./blob_file_cache.ts";

const CACHE_NAME = "graft-v1";

/** The Cache API keys by URL; this one can't collide with anything the page fetches. */
function keyUrl(key: string): string {
  return `https://graft.invalid/${encodeURIComponent(key)}`;
}

async function openCache(): Promise<Cache | null> {
  if (typeof caches === "undefined") return null;
  return caches.open(CACHE_NAME).catch(() => null);
}

/** The Cache API, or the page's memory where it is missing, forbidden or full. */
function cacheStore(): BlobStore {
  const memory = memoryStore();
  return {
    async get(name) {
      const hit = await (await openCache())?.match(keyUrl(name));
      return hit ? hit.blob() : memory.get(name);
    },
    async put(name, blob) {
      const cache = await openCache();
      const stored = await cache?.put(keyUrl(name), new Response(blob)).then(
        () => true,
        () => false, // out of quota
      );
      await (stored ? memory.delete(name) : memory.put(name, blob));
    },
    async delete(name) {
      await memory.delete(name);
      await (await openCache())?.delete(keyUrl(name));
    },
  };
}

export const browserFileCache: FileCache = blobFileCache(cacheStore());

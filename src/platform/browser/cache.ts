import type { ByteCache } from "../types.ts";

const CACHE_NAME = "graft-v1";

/** The Cache API keys by URL; this one can't collide with anything the page fetches. */
export function keyUrl(key: string): string {
  return `https://graft.invalid/${encodeURIComponent(key)}`;
}

export async function openCache(): Promise<Cache | null> {
  if (typeof caches === "undefined") return null;
  return caches.open(CACHE_NAME).catch(() => null);
}

class BrowserCache implements ByteCache {
  /** Serves where the Cache API is missing or forbidden (sandboxed frames, some private windows). */
  readonly #memory = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | null> {
    const hit = await (await openCache())?.match(keyUrl(key));
    return hit ? new Uint8Array(await hit.arrayBuffer()) : (this.#memory.get(key) ?? null);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const cache = await openCache();
    // Out of quota is no reason to stop: the bytes stay for as long as the page does.
    const stored = await cache?.put(keyUrl(key), new Response(new Uint8Array(bytes))).then(
      () => true,
      () => false,
    );
    if (stored) this.#memory.delete(key);
    else this.#memory.set(key, bytes.slice());
  }

  async delete(key: string): Promise<void> {
    this.#memory.delete(key);
    await (await openCache())?.delete(keyUrl(key));
  }
}

export const browserCache: ByteCache = new BrowserCache();

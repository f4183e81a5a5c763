import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ByteCache } from "../types.ts";
import { cacheFolder } from "./cache.ts";
import { readFileBytes, writeFileAtomic } from "./files.ts";

/** A readable file name that no two keys share, whatever characters they hold. */
async function pathOf(key: string): Promise<string> {
  const readable = key.replace(/[^a-zA-Z0-9._-]+/g, "_").slice(0, 80);
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return join(await cacheFolder(), "bytes", `${readable}-${hash}`);
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

/** One file per key below Graft's cache folder. */
export const nodeByteCache: ByteCache = {
  async get(key) {
    try {
      return await readFileBytes(await pathOf(key));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },
  async put(key, bytes) {
    const path = await pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, bytes);
  },
  async delete(key) {
    await rm(await pathOf(key), { force: true });
  },
};

import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  type FileHandle,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CachedFile, FileCache, PartFile } from "../download/types.ts";
import { cacheFolder } from "./cache.ts";
import { FileLock } from "./file_lock.ts";

/**
 * Downloads below Graft's cache folder. While it comes, a file is called `….part`; beside it lie the
 * server's name for its version and a lock of the process that writes.
 */
export const nodeFileCache: FileCache = {
  async find(key) {
    const path = await pathOf(key);
    return (await isFile(path)) ? path : null;
  },
  open: async (key) => NodePartFile.open(await pathOf(key)),
  async delete(key) {
    await rm(await pathOf(key), { force: true });
  },
  hasher(name) {
    const hash: Hash = createHash(name);
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
  },
};

/** @throws Error for keys that would lead out of the cache folder. */
async function pathOf(key: string): Promise<string> {
  const segments = key.split("/");
  if (segments.some((segment) => !/^[a-zA-Z0-9_][a-zA-Z0-9._+-]*$/.test(segment))) {
    throw new Error(`"${key}": not a name for a file of the cache`);
  }
  return join(await cacheFolder(), ...segments);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

class NodePartFile implements PartFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #lock: FileLock;
  #size: number;
  #version: string | null;

  private constructor(
    path: string,
    file: FileHandle,
    lock: FileLock,
    size: number,
    version: string | null,
  ) {
    this.#path = path;
    this.#file = file;
    this.#lock = lock;
    this.#size = size;
    this.#version = version;
  }

  static async open(path: string): Promise<NodePartFile> {
    await mkdir(dirname(path), { recursive: true });
    const lock = new FileLock(path);
    try {
      const file = await open(`${path}.part`, "a+");
      const { size } = await file.stat();
      const version = await readFile(`${path}.version`, "utf8").catch(() => "");
      return new NodePartFile(path, file, lock, size, version || null);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  get version(): string | null {
    return this.#version;
  }

  async restart(version: string | null): Promise<void> {
    await this.#file.truncate(0);
    this.#size = 0;
    this.#version = version;
    await writeFile(`${this.#path}.version`, version ?? "");
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#file.appendFile(bytes);
    this.#size += bytes.length;
  }

  read(): AsyncIterable<Uint8Array> {
    return createReadStream(`${this.#path}.part`, { highWaterMark: 2 ** 20 });
  }

  async keep(): Promise<CachedFile> {
    await this.#file.sync();
    await this.#file.close();
    await rename(`${this.#path}.part`, this.#path);
    await this.#leave(".version");
    return this.#path;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await (this.#size === 0 ? this.#leave(".part", ".version") : this.#leave());
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await this.#leave(".part", ".version");
  }

  /** Lets others have the file, without what lies beside it under these endings. */
  async #leave(...endings: string[]): Promise<void> {
    for (const ending of endings) await rm(`${this.#path}${ending}`, { force: true });
    this.#lock.release();
  }
}

import { createHash, type Hash } from "node:crypto";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
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

/**
 * Downloads below Graft's cache folder. While it comes, a file is called `….part`; beside it lie the
 * server's name for its version and a lock with the number of the process that writes.
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
  hasher() {
    const hash: Hash = createHash("sha256");
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
  #size: number;
  #version: string | null;

  private constructor(path: string, file: FileHandle, size: number, version: string | null) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.#version = version;
  }

  static async open(path: string): Promise<NodePartFile> {
    await mkdir(dirname(path), { recursive: true });
    lock(`${path}.lock`, path);
    try {
      const file = await open(`${path}.part`, "a+");
      const { size } = await file.stat();
      const version = await readFile(`${path}.version`, "utf8").catch(() => "");
      return new NodePartFile(path, file, size, version || null);
    } catch (error) {
      await rm(`${path}.lock`, { force: true });
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
    await this.#remove(".version", ".lock");
    return this.#path;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await (this.#size === 0 ? this.#remove(".part", ".version", ".lock") : this.#remove(".lock"));
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await this.#remove(".part", ".version", ".lock");
  }

  async #remove(...endings: string[]): Promise<void> {
    for (const ending of endings) await rm(`${this.#path}${ending}`, { force: true });
  }
}

/** Two processes appending to one file would spoil it. A lock whose process is gone counts for nothing. */
function lock(path: string, file: string): void {
  const holder = Number(readIfAny(path));
  if (holder > 0 && isRunning(holder)) {
    throw new Error(
      `${file}: process ${holder} is downloading it already; wait for it, or remove ${path}`,
    );
  }
  writeFileSync(path, String(process.pid));
}

function readIfAny(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not permitted to signal it: then it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

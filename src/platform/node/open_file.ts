import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import type { OpenFile } from "../types.ts";
import { fileError, toPath } from "./files.ts";

/** No more at once: one call of the system reads at most 2 GiB. */
const AT_ONCE = 2 ** 30;

/**
 * Prepares to read parts of a file. It is opened for each of them anew: some systems allow 256 files at a time, and nobody knows
 * for how long weights will be asked for.
 *
 * @returns null for what isn't a plain file (folders, pipes), or smaller than `minimum` bytes.
 * @throws Error naming the path when it can't be found.
 */
export async function openFile(path: string, minimum: number): Promise<OpenFile | null> {
  try {
    const about = statSync(toPath(path));
    return about.isFile() && about.size >= minimum ? new NodeFile(path, about) : null;
  } catch (error) {
    throw fileError(path, "read", error);
  }
}

class NodeFile implements OpenFile {
  readonly size: number;
  readonly #name: string;
  readonly #path: string;
  readonly #about: Stats;

  constructor(name: string, about: Stats) {
    this.size = about.size;
    this.#name = name;
    this.#path = resolve(toPath(name)); // also where the process changes its folder
    this.#about = about;
  }

  read(start: number, end: number): Uint8Array {
    let descriptor: number | null = null;
    try {
      descriptor = openSync(this.#path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      this.#checkUnchanged(fstatSync(descriptor));
      return fill(descriptor, start, Math.min(end, this.size));
    } catch (error) {
      throw error instanceof ChangedError ? error : fileError(this.#name, "read", error);
    } finally {
      if (descriptor !== null) closeSync(descriptor);
    }
  }

  /** Whoever writes into the file, or puts another in its place, would mix two files into one network. */
  #checkUnchanged(now: Stats): void {
    const { dev, ino, size, mtimeMs } = this.#about;
    if (now.dev === dev && now.ino === ino && now.size === size && now.mtimeMs === mtimeMs) return;
    throw new ChangedError(`${this.#name}: it was changed since it was opened; load it again`);
  }
}

class ChangedError extends Error {}

function fill(descriptor: number, start: number, end: number): Uint8Array {
  // `new Uint8Array` would write zeros first, and large buffers of Node are never from its pool.
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, end - start));
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(AT_ONCE, bytes.length - at);
    const count = readSync(descriptor, bytes, at, length, start + at);
    if (count === 0) throw new Error("it ended too early");
    at += count;
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

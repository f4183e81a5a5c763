import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { OpenFile } from "../types.ts";
import { fileError, toPath } from "./files.ts";

/** No more at once: one call of the system reads at most 2 GiB. */
const AT_ONCE = 2 ** 30;

/** Closes files of which nobody can ask for more. */
const closer = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/**
 * Opens a file for reading parts of it; it stays readable when it is moved or deleted.
 *
 * @returns null for what isn't a plain file (folders, pipes), or smaller than `minimum` bytes.
 * @throws Error naming the path when it can't be opened.
 */
export async function openFile(path: string, minimum: number): Promise<OpenFile | null> {
  try {
    const descriptor = openSync(toPath(path), "r");
    const about = fstatSync(descriptor);
    const { size, mtimeMs } = about;
    if (about.isFile() && size >= minimum) return new NodeFile(path, descriptor, size, mtimeMs);
    closeSync(descriptor);
    return null;
  } catch (error) {
    throw fileError(path, "read", error);
  }
}

class NodeFile implements OpenFile {
  readonly size: number;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #changed: number;

  constructor(path: string, descriptor: number, size: number, changed: number) {
    this.size = size;
    this.#path = path;
    this.#descriptor = descriptor;
    this.#changed = changed;
    closer.register(this, descriptor);
  }

  read(start: number, end: number): Uint8Array {
    this.#checkUnchanged();
    try {
      return this.#fill(start, Math.min(end, this.size));
    } catch (error) {
      throw fileError(this.#path, "read", error);
    }
  }

  /** Whoever writes into the file now would mix two files into one network. */
  #checkUnchanged(): void {
    const { size, mtimeMs } = fstatSync(this.#descriptor);
    if (size === this.size && mtimeMs === this.#changed) return;
    throw new Error(`${this.#path}: it was changed since it was opened; load it again`);
  }

  #fill(start: number, end: number): Uint8Array {
    // `new Uint8Array` would write zeros first, and large buffers of Node are never from its pool.
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, end - start));
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(AT_ONCE, bytes.length - at);
      const count = readSync(this.#descriptor, bytes, at, length, start + at);
      if (count === 0) throw new Error("it ended too early");
      at += count;
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

import { allocate } from "./files.ts";
import { type Bytes, cut } from "./ranges.ts";

/** Bytes of the first piece, where nobody knows how many will come, and of the others. */
const FIRST = 2 ** 20;
const NEXT = 8 * 2 ** 20;

/** Collects bytes as they arrive, however many come. One buffer that grows would take up to three times their size. */
export class Pieces {
  readonly #name: string;
  readonly #full: Uint8Array[] = [];
  #open: Uint8Array;
  #used = 0;
  size = 0;

  /** @param expected bytes, where they are announced: then they come to lie in one piece. */
  constructor(expected: number | undefined, name: string) {
    this.#name = name;
    this.#open = allocate(expected ?? FIRST, name);
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#used === this.#open.length) this.#begin();
      const part = bytes.subarray(at, at + this.#open.length - this.#used);
      this.#open.set(part, this.#used);
      this.#used += part.length;
      at += part.length;
    }
    this.size += bytes.length;
  }

  #begin(): void {
    if (this.#used > 0) this.#full.push(this.#open);
    this.#open = allocate(NEXT, this.#name);
    this.#used = 0;
  }

  /** What has come. */
  bytes(): Bytes {
    const last = this.#open.subarray(0, this.#used);
    if (this.#full.length === 0) return last;
    const pieces = [...this.#full, last];
    return { size: this.size, read: (start, end) => cut(pieces, start, end) };
  }
}

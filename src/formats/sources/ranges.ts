/**
 * A file of which any part can be had, at once: a large one in Node stays on the disk, and only what
 * a tensor needs is read when its elements are asked for.
 */
export interface ByteRanges {
  readonly size: number;
  /** The bytes from `start` to before `end`: a view where the file is in memory, else read anew. */
  read(start: number, end: number): Uint8Array;
}

/** What a reader is given: the file's bytes, or the way to them. */
export type Bytes = Uint8Array | ByteRanges;

export function rangesOf(bytes: Bytes): ByteRanges {
  if (!(bytes instanceof Uint8Array)) return bytes;
  return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}

/** A stretch of a file as a file of its own. */
export function partOf(file: ByteRanges, start: number, end: number): ByteRanges {
  return { size: end - start, read: (from, to) => file.read(start + from, start + to) };
}

export function sizeOf(bytes: Bytes): number {
  return bytes instanceof Uint8Array ? bytes.length : bytes.size;
}

/** All bytes, for formats that can't be read in parts. */
export function wholeOf(bytes: Bytes): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : bytes.read(0, bytes.size);
}

/** The little-endian part of a DataView that readers of structures use. */
export interface ByteView {
  readonly byteLength: number;
  getUint8(at: number): number;
  getUint16(at: number, littleEndian: true): number;
  getUint32(at: number, littleEndian: true): number;
  getBigUint64(at: number, littleEndian: true): bigint;
}

export function viewOf(bytes: Bytes): ByteView {
  if (!(bytes instanceof Uint8Array)) return new PagedView(bytes);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const PAGE = 2 ** 16;
const MAX_PAGES = 64;

/** Numbers out of a file that isn't in memory: structures lie close together, so pages are kept. */
class PagedView implements ByteView {
  readonly byteLength: number;
  readonly #file: ByteRanges;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(file: ByteRanges) {
    this.#file = file;
    this.byteLength = file.size;
  }

  getUint8(at: number): number {
    if (!(at >= 0 && at < this.byteLength)) throw new RangeError(`byte ${at} is outside the file`);
    return this.#page(Math.floor(at / PAGE))[at % PAGE];
  }

  getUint16(at: number): number {
    return this.getUint8(at) + this.getUint8(at + 1) * 2 ** 8;
  }

  getUint32(at: number): number {
    return this.getUint16(at) + this.getUint16(at + 2) * 2 ** 16;
  }

  getBigUint64(at: number): bigint {
    return BigInt(this.getUint32(at)) + (BigInt(this.getUint32(at + 4)) << 32n);
  }

  #page(number: number): Uint8Array {
    const known = this.#pages.get(number);
    if (known) return known;
    if (this.#pages.size >= MAX_PAGES) this.#pages.clear();
    const start = number * PAGE;
    const page = this.#file.read(start, Math.min(start + PAGE, this.byteLength));
    this.#pages.set(number, page);
    return page;
  }
}

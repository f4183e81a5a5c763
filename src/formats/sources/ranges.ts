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

/** From this size on, files aren't read as a whole where that can be done. */
export const LARGE_FILE = 4 * 2 ** 20;

/** The same file, with an error of its own for what can't be read. */
export function explaining(file: ByteRanges, problem: (cause: unknown) => Error): ByteRanges {
  return {
    size: file.size,
    read(start, end) {
      try {
        return file.read(start, end);
      } catch (cause) {
        throw problem(cause);
      }
    },
  };
}

export function sizeOf(bytes: Bytes): number {
  return bytes instanceof Uint8Array ? bytes.length : bytes.size;
}

/** All bytes, for formats that can't be read in parts. */
export function wholeOf(bytes: Bytes): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : bytes.read(0, bytes.size);
}

/**
 * A stretch of pieces laid end to end, which must reach so far: a view where one piece has it all, else a copy.
 *
 * @param allocate memory for a copy.
 */
export function cut(
  pieces: readonly Uint8Array[],
  start: number,
  end: number,
  allocate = (size: number) => new Uint8Array(size),
): Uint8Array {
  let first = 0;
  let before = 0;
  while (first < pieces.length - 1 && start - before >= pieces[first].length)
    before += pieces[first++].length;
  const here = (pieces[first] ?? new Uint8Array(0)).subarray(start - before, end - before);
  if (here.length === end - start) return here;
  const bytes = allocate(end - start);
  bytes.set(here);
  for (let filled = here.length, i = first + 1; filled < bytes.length; i++) {
    const part = pieces[i].subarray(0, bytes.length - filled);
    bytes.set(part, filled);
    filled += part.length;
  }
  return bytes;
}

/** All pieces, laid end to end. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return cut(
    pieces,
    0,
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
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

import { Inflate } from "fflate";
import { DAMAGED, type Fail, messageOf, WeightFileError } from "../errors.ts";
import { type ByteRanges, type Bytes, partOf, rangesOf } from "../sources/ranges.ts";
import { crc32 } from "./crc32.ts";
import { entryNamed, readDirectory, type ZipEntry } from "./directory.ts";

/** An archive in memory, whose entries are unpacked on demand. */
export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /**
   * An entry's bytes: a view of the archive where they are stored, else unpacked anew on every call.
   *
   * @param options.checksum false where the writer may have left it out (PyTorch can be told to).
   * @throws the archive's error when there is no such entry, or it is damaged or too large.
   */
  read(name: string, options?: { readonly checksum?: boolean }): Uint8Array;
  /**
   * An entry of which parts are read, not checked against its checksum. One that is packed is unpacked as a whole when
   * any part is asked for, and kept while somebody holds it.
   */
  part(name: string): ByteRanges;
  /** The first `length` bytes of an entry (all, if it has fewer), not checked against its checksum. */
  head(name: string, length: number): Uint8Array;
}

/** Small archives may unpack to this much whatever their ratio: zeros compress a thousandfold. */
const HARMLESS = 64 * 2 ** 20;

/** Beyond that, weights never compress so well. A bomb does. */
const MAX_RATIO = 100;

/**
 * Opens a zip archive without unpacking anything.
 *
 * @throws the error of `fail` for a damaged archive, and for a zip bomb.
 */
export function openZip(bytes: Bytes, fail: Fail): ZipArchive {
  const file = rangesOf(bytes);
  const entries = readDirectory(bytes, fail);
  checkTotal([...entries.values()], file.size, fail);
  const sound = new Set<string>();
  const find = (name: string): ZipEntry => {
    const entry = entries.get(name);
    if (!entry) throw fail(entryNamed(name), "it is missing in the archive", DAMAGED);
    return entry;
  };
  return {
    entries,
    read(name, { checksum = true } = {}) {
      const entry = find(name);
      const unpacked = unpack(entry, file, entry.size, fail);
      if (checksum && !sound.has(name)) {
        if (crc32(unpacked) !== entry.crc)
          throw fail(entryNamed(name), "its checksum is wrong", DAMAGED);
        sound.add(name);
      }
      return unpacked;
    },
    part(name) {
      const entry = find(name);
      checkSizes(entry, fail);
      const { method, start, size } = entry;
      if (method === 0) return partOf(file, start, start + size);
      let kept: WeakRef<Uint8Array> | undefined;
      const all = () => {
        const unpacked = kept?.deref() ?? unpack(entry, file, size, fail);
        kept = new WeakRef(unpacked);
        return unpacked;
      };
      return { size, read: (from, to) => all().subarray(from, to) };
    },
    head(name, length) {
      const entry = find(name);
      return unpack(entry, file, Math.min(length, entry.size), fail);
    },
  };
}

/** What the archive claims to hold; `unpack` checks that no entry exceeds its claim. */
function checkTotal(entries: readonly ZipEntry[], fileSize: number, fail: Fail): void {
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > Math.max(HARMLESS, MAX_RATIO * fileSize)) {
    throw fail(
      "archive",
      `${fileSize} bytes claim to unpack to ${total}, more than ${MAX_RATIO} times as much`,
      "Don't trust this archive; if it is your own, unpack it and pass the file inside",
    );
  }
}

function checkSizes({ name, method, packedSize, size }: ZipEntry, fail: Fail): void {
  const where = entryNamed(name);
  if (method === 0 && packedSize !== size) throw fail(where, "its two sizes disagree", DAMAGED);
  if (method !== 0 && method !== 8) {
    throw fail(where, `compression method ${method} is unknown`, "Save it stored or deflated");
  }
  if (size > packedSize * DEFLATE_RATIO) {
    throw fail(where, `${packedSize} bytes can't unpack to ${size}`, DAMAGED);
  }
}

function unpack(entry: ZipEntry, archive: ByteRanges, length: number, fail: Fail): Uint8Array {
  const { name, method, start, packedSize, size } = entry;
  checkSizes(entry, fail);
  if (method === 0) return archive.read(start, start + length);
  const packed = partOf(archive, start, start + packedSize);
  try {
    return length < size ? inflateHead(packed, length) : inflateAll(packed, size);
  } catch (error) {
    if (error instanceof WeightFileError) throw error;
    throw fail(entryNamed(name), `it can't be unpacked (${messageOf(error)})`, DAMAGED);
  }
}

/** The most that deflate can gain. */
const DEFLATE_RATIO = 1032;

/** Packed bytes at a time, so that an entry larger than it claims is noticed before it fills 17 MB. */
const PIECE = 16 * 1024;

/** Of an entry's head, no more than needed: an archive can have many entries. */
const HEAD_PIECE = 512;

function inflateAll(packed: ByteRanges, size: number): Uint8Array {
  const unpacked = new Uint8Array(size);
  let length = 0;
  for (const piece of inflated(packed, PIECE)) {
    if (length + piece.length > size) throw new Error(`it holds more than its ${size} bytes`);
    unpacked.set(piece, length);
    length += piece.length;
  }
  if (length !== size) throw new Error(`it holds ${length} instead of ${size} bytes`);
  return unpacked;
}

function inflateHead(packed: ByteRanges, size: number): Uint8Array {
  const unpacked = new Uint8Array(size);
  let length = 0;
  for (const piece of inflated(packed, HEAD_PIECE)) {
    unpacked.set(piece.subarray(0, size - length), length);
    length = Math.min(size, length + piece.length);
    if (length === size) return unpacked;
  }
  throw new Error(`it ends after ${length} bytes`);
}

function* inflated(packed: ByteRanges, step: number): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  const stream = new Inflate((piece) => pieces.push(piece));
  for (let at = 0; at < packed.size; at += step) {
    const end = Math.min(at + step, packed.size);
    stream.push(packed.read(at, end), end === packed.size);
    yield* pieces;
    pieces = [];
  }
}

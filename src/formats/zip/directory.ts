import { DAMAGED, type Fail, printable } from "../errors.ts";
import { type ByteRanges, type Bytes, type ByteView, rangesOf, viewOf } from "../sources/ranges.ts";

/** One file of an archive, as the central directory gives it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its bytes begin in the file. */
  readonly start: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const ENCRYPTED = 0x2041;

/** Refused, because readers differ on which part of such an archive they would see. */
const AMBIGUOUS = "Don't trust this archive: no ordinary tool writes such a file";

/**
 * Reads the central directory of a zip archive, also of the 64-bit kind.
 *
 * Format: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 *
 * @throws the error of `fail` for what can't be read and for what no honest archive holds: names given twice or
 *   leaving the folder, entries that overlap.
 */
export function readDirectory(bytes: Bytes, fail: Fail): Map<string, ZipEntry> {
  const view = viewOf(bytes);
  const entries = new Map<string, ZipEntry>();
  for (const found of directoryEntries(rangesOf(bytes), view, fail)) {
    const entry = withStart(found, view, fail);
    if (entries.has(entry.name)) {
      throw fail(entryNamed(entry.name), "the archive holds two entries of this name", AMBIGUOUS);
    }
    entries.set(entry.name, entry);
  }
  checkOverlaps([...entries.values()], fail);
  return entries;
}

export function entryNamed(name: string): string {
  return `archive entry "${printable(name)}"`;
}

interface Extent {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

interface RawEntry extends Omit<ZipEntry, "start"> {
  readonly headerAt: number;
}

/** The end record lies at the end, but a comment of up to 65,535 bytes may follow it. */
function findEnd(view: ByteView, fail: Fail): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  throw fail("archive", "the zip archive's directory is missing at the end", DAMAGED);
}

function findDirectory(view: ByteView, fail: Fail): Extent {
  const end = findEnd(view, fail);
  const small = {
    count: view.getUint16(end + 10, true),
    size: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
  const isLarge = end >= 20 && view.getUint32(end - 20, true) === LOCATOR_64;
  const extent = isLarge ? readEnd64(view, end - 20, fail) : small;
  if (extent.offset + extent.size > end || extent.count * 46 > extent.size) {
    throw fail("archive", "the zip archive's directory lies outside the file", DAMAGED);
  }
  return extent;
}

function readEnd64(view: ByteView, locator: number, fail: Fail): Extent {
  const at = Number(view.getBigUint64(locator + 8, true));
  if (at + 56 > locator || view.getUint32(at, true) !== END_OF_DIRECTORY_64) {
    throw fail("archive", "the zip archive's 64-bit directory is missing", DAMAGED);
  }
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    size: Number(view.getBigUint64(at + 40, true)),
    offset: Number(view.getBigUint64(at + 48, true)),
  };
}

function* directoryEntries(file: ByteRanges, view: ByteView, fail: Fail): Generator<RawEntry> {
  const { offset, size, count } = findDirectory(view, fail);
  const end = offset + size;
  let at = offset;
  for (let i = 0; i < count; i++) {
    const isEntry = at + 46 <= end && view.getUint32(at, true) === DIRECTORY_ENTRY;
    const next = isEntry ? at + 46 + entryTail(view, at) : Number.POSITIVE_INFINITY;
    if (next > end) throw fail("archive", `entry ${i + 1} of its directory is cut off`, DAMAGED);
    yield readRawEntry(file, view, at, fail);
    at = next;
  }
}

/** Bytes of name, extra field and comment behind the fixed part of an entry. */
function entryTail(view: ByteView, at: number): number {
  return (
    view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  );
}

function readRawEntry(file: ByteRanges, view: ByteView, at: number, fail: Fail): RawEntry {
  const nameLength = view.getUint16(at + 28, true);
  const name = readName(file.read(at + 46, at + 46 + nameLength), fail);
  if (view.getUint16(at + 8, true) & ENCRYPTED) {
    throw fail(entryNamed(name), "it is encrypted", "Save the file without a password");
  }
  const extra = at + 46 + nameLength;
  const large = large64(view, extra, extra + view.getUint16(at + 30, true));
  // The 64-bit field holds, in this order, only those values that don't fit their 32 bits.
  const size = large(view.getUint32(at + 24, true));
  const packedSize = large(view.getUint32(at + 20, true));
  const headerAt = large(view.getUint32(at + 42, true));
  const method = view.getUint16(at + 10, true);
  const crc = view.getUint32(at + 16, true);
  return { name, method, crc, packedSize, size, headerAt };
}

/** Reads the next value of the 64-bit extra field in place of each value that is all ones. */
function large64(view: ByteView, start: number, end: number): (small: number) => number {
  let at = start;
  while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  at += 4;
  return (small) => {
    if (small !== 0xffffffff || at + 8 > end) return small;
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  };
}

function readName(bytes: Uint8Array, fail: Fail): string {
  const name = new TextDecoder().decode(bytes);
  const isOutside = name.startsWith("/") || /(^|[/\\])\.\.([/\\]|$)|\0/.test(name);
  if (isOutside) {
    throw fail(entryNamed(name), "its name leads out of the archive's folder", AMBIGUOUS);
  }
  return name;
}

/** The bytes begin behind the local header, whose extra field may differ from the directory's. */
function withStart({ headerAt, ...entry }: RawEntry, view: ByteView, fail: Fail): ZipEntry {
  const isHeader =
    headerAt + 30 <= view.byteLength && view.getUint32(headerAt, true) === LOCAL_HEADER;
  const start = isHeader
    ? headerAt + 30 + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true)
    : Number.POSITIVE_INFINITY;
  if (start + entry.packedSize > view.byteLength) {
    throw fail(entryNamed(entry.name), "its bytes lie outside the file", DAMAGED);
  }
  return { ...entry, start };
}

/** Overlapping entries are how a small archive claims to hold petabytes. */
function checkOverlaps(entries: readonly ZipEntry[], fail: Fail): void {
  const sorted = [...entries].sort((a, b) => a.start - b.start || a.packedSize - b.packedSize);
  let end = 0;
  for (const entry of sorted) {
    if (entry.start < end) {
      throw fail(entryNamed(entry.name), "its bytes overlap another entry's", AMBIGUOUS);
    }
    end = entry.start + entry.packedSize;
  }
}

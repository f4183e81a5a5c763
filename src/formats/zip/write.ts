import type { Fail } from "../errors.ts";
import { crc32 } from "./crc32.ts";

export interface ZipContent {
  readonly name: string;
  /** Written one after the other. */
  readonly parts: readonly Uint8Array[];
}

/** PyTorch aligns to 64 so that storages can be mapped; it names its padding field "FB". */
const ALIGNMENT = 64;
const PADDING_FIELD = 0x4246;
/** 1 January 1980: the same content gives the same file, whenever it is written. */
const DATE = 0x21;
const UTF8_NAME = 0x800;
const MAX_SIZE = 0xffffffff;

interface Placed {
  readonly name: Uint8Array;
  readonly flags: number;
  readonly crc: number;
  readonly size: number;
  readonly headerAt: number;
  readonly padding: number;
  readonly parts: readonly Uint8Array[];
}

/**
 * Writes a zip archive whose entries are stored, each beginning at a multiple of 64 bytes.
 *
 * @throws the error of `fail` beyond 65,535 entries or 4 GiB.
 */
export function writeZip(contents: readonly ZipContent[], fail: Fail): Uint8Array {
  const placed: Placed[] = [];
  let at = 0;
  for (const content of contents) {
    const next = place(content, at);
    placed.push(next);
    at = dataStart(next) + next.size;
  }
  const directorySize = placed.reduce((sum, entry) => sum + 46 + entry.name.length, 0);
  if (placed.length >= 0xffff || at + directorySize >= MAX_SIZE) {
    throw fail(
      "",
      `${placed.length} entries of ${at} bytes don't fit a zip archive (65,534 entries, 4 GiB)`,
      "Save as safetensors instead",
    );
  }
  const file = new Uint8Array(at + directorySize + 22);
  const view = new DataView(file.buffer);
  let directoryAt = at;
  for (const entry of placed) {
    writeLocal(file, view, entry);
    directoryAt = writeDirectoryEntry(file, view, entry, directoryAt);
  }
  writeEnd(view, directoryAt, placed.length, at);
  return file;
}

function place({ name, parts }: ZipContent, headerAt: number): Placed {
  const bytes = new TextEncoder().encode(name);
  // The padding is an extra field, whose own header takes four bytes.
  const bare = headerAt + 30 + bytes.length + 4;
  return {
    name: bytes,
    // Plain ASCII needs no flag, and old readers know none.
    flags: bytes.length === name.length ? 0 : UTF8_NAME,
    crc: parts.reduce((crc, part) => crc32(part, crc), 0),
    size: parts.reduce((sum, part) => sum + part.length, 0),
    headerAt,
    padding: 4 + ((ALIGNMENT - (bare % ALIGNMENT)) % ALIGNMENT),
    parts,
  };
}

function dataStart(entry: Placed): number {
  return entry.headerAt + 30 + entry.name.length + entry.padding;
}

function writeLocal(file: Uint8Array, view: DataView, entry: Placed): void {
  const at = entry.headerAt;
  view.setUint32(at, 0x04034b50, true);
  writeCommon(view, at + 4, entry);
  view.setUint16(at + 28, entry.padding, true);
  file.set(entry.name, at + 30);
  const padding = at + 30 + entry.name.length;
  view.setUint16(padding, PADDING_FIELD, true);
  view.setUint16(padding + 2, entry.padding - 4, true);
  let data = dataStart(entry);
  for (const part of entry.parts) {
    file.set(part, data);
    data += part.length;
  }
}

/** What the local header and the directory entry have in common: version to name length, 24 bytes. */
function writeCommon(view: DataView, at: number, entry: Placed): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, entry.flags, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, entry.crc, true);
  view.setUint32(at + 14, entry.size, true);
  view.setUint32(at + 18, entry.size, true);
  view.setUint16(at + 22, entry.name.length, true);
}

function writeDirectoryEntry(file: Uint8Array, view: DataView, entry: Placed, at: number): number {
  view.setUint32(at, 0x02014b50, true);
  view.setUint16(at + 4, 20, true);
  writeCommon(view, at + 6, entry);
  view.setUint32(at + 42, entry.headerAt, true);
  file.set(entry.name, at + 46);
  return at + 46 + entry.name.length;
}

function writeEnd(view: DataView, at: number, count: number, directoryAt: number): void {
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, count, true);
  view.setUint16(at + 10, count, true);
  view.setUint32(at + 12, at - directoryAt, true);
  view.setUint32(at + 16, directoryAt, true);
}

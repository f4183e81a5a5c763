import { DAMAGED, type Fail } from "../../errors.ts";
import { type Bytes, rangesOf, viewOf } from "../../sources/ranges.ts";
import { findSignature, SIGNATURE } from "./signature.ts";
import { Cursor, type Storage } from "./storage.ts";

/**
 * Reads the superblock. Format: HDF5 File Format Specification 3.0, section II.A.
 *
 * @returns the file and the address of its root group's header.
 * @throws the error of `fail` when it is no HDF5 file, or of an unknown version.
 */
export function openStorage(
  bytes: Bytes,
  fail: Fail,
): { readonly storage: Storage; readonly root: number } {
  const base = findSignature(bytes);
  if (base === undefined) throw fail("HDF5", "it doesn't begin as an HDF5 file does", DAMAGED);
  const start: Storage = {
    file: rangesOf(bytes),
    view: viewOf(bytes),
    base,
    offsetSize: 8,
    lengthSize: 8,
    fail,
  };
  const cursor = new Cursor(start, SIGNATURE.length);
  const version = cursor.version("a superblock", 0, 1, 2, 3);
  if (version < 2) cursor.skip(4);
  const storage = {
    ...start,
    offsetSize: size(cursor.u8(), fail),
    lengthSize: size(cursor.u8(), fail),
  };
  const rest = new Cursor(storage, cursor.address);
  if (version >= 2) {
    // Flags; base, extension and end addresses.
    rest.skip(1 + 3 * storage.offsetSize);
    return { storage, root: rest.target() };
  }
  // Ranks of the trees and flags; base, free space, end and driver addresses; the root's name.
  rest.skip((version === 0 ? 9 : 13) + 5 * storage.offsetSize);
  return { storage, root: rest.target() };
}

function size(bytes: number, fail: Fail): number {
  if (bytes === 2 || bytes === 4 || bytes === 8) return bytes;
  throw fail("HDF5", `it claims that its addresses take ${bytes} bytes`, DAMAGED);
}

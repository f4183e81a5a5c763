import { DAMAGED, type Fail } from "../../errors.ts";
import type { ByteRanges, ByteView } from "../../sources/ranges.ts";

/** An HDF5 file. All numbers in it are little-endian; addresses count from `base`. */
export interface Storage {
  readonly file: ByteRanges;
  /** The same, for its structures. */
  readonly view: ByteView;
  /** Where the file's address 0 lies: behind a block of the user's own, if there is one. */
  readonly base: number;
  /** Bytes of an address and of a length. */
  readonly offsetSize: number;
  readonly lengthSize: number;
  readonly fail: Fail;
}

/** @returns the error for a structure that can't be read. */
export function damaged(storage: Pick<Storage, "fail">, what: string): Error {
  return storage.fail("HDF5", what, DAMAGED);
}

/** Reads one structure after another, never beyond the file or the end given. */
export class Cursor {
  at: number;
  readonly end: number;
  readonly #storage: Storage;

  /** @param address in the file, as its structures give it. */
  constructor(storage: Storage, address: number, length = Number.POSITIVE_INFINITY) {
    this.#storage = storage;
    this.at = storage.base + address;
    this.end = Math.min(storage.file.size, this.at + length);
    const isInside = Number.isSafeInteger(this.at) && address >= 0 && this.at <= this.end;
    if (!isInside) throw damaged(storage, `an address of it (${address}) lies outside the file`);
  }

  get left(): number {
    return this.end - this.at;
  }

  /** The address that it stands at. */
  get address(): number {
    return this.at - this.#storage.base;
  }

  #advance(count: number): number {
    const start = this.at;
    if (count > this.end - start) throw damaged(this.#storage, "one of its structures is cut off");
    this.at += count;
    return start;
  }

  skip(count: number): this {
    this.#advance(count);
    return this;
  }

  u8(): number {
    return this.#storage.view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#storage.view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#storage.view.getUint32(this.#advance(4), true);
  }

  /** An unsigned number of up to eight bytes; inexact beyond 2⁵³, where no size or address of a file can be. */
  uint(size: number): number {
    const start = this.#advance(size);
    const { view } = this.#storage;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + view.getUint8(start + i);
    return value;
  }

  /** The size of something, in bytes or elements. */
  length(): number {
    return this.uint(this.#storage.lengthSize);
  }

  /** An address; undefined when it is all ones, which stands for none. */
  optionalAddress(): number | undefined {
    const { offsetSize, view } = this.#storage;
    const start = this.at;
    const value = this.uint(offsetSize);
    for (let i = 0; i < offsetSize; i++) if (view.getUint8(start + i) !== 0xff) return value;
    return undefined;
  }

  /** An address that must be there. */
  target(): number {
    const address = this.optionalAddress();
    if (address === undefined) throw damaged(this.#storage, "one of its addresses is missing");
    return address;
  }

  bytes(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.#storage.file.read(start, start + count);
  }

  /** Expects four letters. */
  signature(letters: string): this {
    const found = String.fromCharCode(...this.bytes(4));
    if (found !== letters)
      throw damaged(this.#storage, `a structure "${letters}" isn't where it must be`);
    return this;
  }

  /** Expects a version among those known. */
  version(what: string, ...known: readonly number[]): number {
    const version = this.u8();
    if (known.includes(version)) return version;
    throw this.#storage.fail(
      "HDF5",
      `it has ${what} of version ${version}, which isn't known`,
      "Open it in Python and save it again with h5py's default settings",
    );
  }

  /** A part of what is left, to be read by itself. */
  part(length: number): Cursor {
    const address = this.address;
    this.#advance(length);
    return new Cursor(this.#storage, address, length);
  }
}

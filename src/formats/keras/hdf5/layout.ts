import { sizeOf } from "../../../base/index.ts";
import { chunkStarts, consecutiveChunks, fixedArray, oneChunk } from "./chunk_index.ts";
import { MESSAGE, type Message } from "./object_header.ts";
import { Cursor, type Storage } from "./storage.ts";
import { walkTree } from "./trees.ts";

/** A filter that each chunk went through at writing. */
export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

/** A block of a chunked dataset. */
export interface Chunk {
  /** Its first element, by dimension. */
  readonly start: readonly number[];
  readonly address: number;
  readonly size: number;
  /** A bit for each filter that was left out. */
  readonly mask: number;
}

/** Where the elements of a dataset lie. */
export type Layout =
  | { readonly kind: "whole"; readonly bytes: () => Cursor }
  | { readonly kind: "missing" }
  | {
      readonly kind: "chunks";
      readonly size: readonly number[];
      readonly chunks: () => Iterable<Chunk>;
    };

/** Format: section IV.A.2.i of the specification. */
export function readLayout(storage: Storage, cursor: Cursor, shape: readonly number[]): Layout {
  const version = cursor.version("a data layout", 1, 2, 3, 4);
  return version < 3 ? oldLayout(storage, cursor) : newLayout(storage, cursor, version, shape);
}

function oldLayout(storage: Storage, cursor: Cursor): Layout {
  const rank = cursor.u8();
  const kind = cursor.u8();
  cursor.skip(5);
  const address = kind === 0 ? undefined : cursor.optionalAddress();
  const size = Array.from({ length: rank }, () => cursor.u32());
  if (kind === 0) return whole(storage, cursor.skip(4).address, cursor.left);
  if (address === undefined) return { kind: "missing" };
  return kind === 1 ? whole(storage, address) : treeOfChunks(storage, address, size);
}

function newLayout(
  storage: Storage,
  cursor: Cursor,
  version: number,
  shape: readonly number[],
): Layout {
  const kind = cursor.u8();
  if (kind === 0) {
    const size = cursor.u16();
    return whole(storage, cursor.address, size);
  }
  if (kind === 1) {
    const address = cursor.optionalAddress();
    return address === undefined ? { kind: "missing" } : whole(storage, address);
  }
  if (kind !== 2) throw unknownLayout(storage, "its elements lie in other files");
  if (version === 4) return indexedChunks(storage, cursor, shape);
  const rank = cursor.u8();
  const address = cursor.optionalAddress();
  const size = Array.from({ length: rank }, () => cursor.u32());
  return address === undefined ? { kind: "missing" } : treeOfChunks(storage, address, size);
}

function whole(storage: Storage, address: number, length?: number): Layout {
  return { kind: "whole", bytes: () => new Cursor(storage, address, length) };
}

/** @param sizes of a chunk, and behind them that of an element. */
function treeOfChunks(storage: Storage, address: number, sizes: readonly number[]): Layout {
  const size = sizes.slice(0, -1);
  const keySize = 8 + 8 * sizes.length;
  return {
    kind: "chunks",
    size,
    *chunks() {
      const keys = walkTree(storage, address, 1, keySize, (key) => ({
        size: key.u32(),
        mask: key.u32(),
        start: size.map(() => key.uint(8)),
      }));
      for (const { key, address: at } of keys) yield { ...key, address: at };
    },
  };
}

/** The newer ways to find chunks that datasets of a fixed size use. */
function indexedChunks(storage: Storage, cursor: Cursor, shape: readonly number[]): Layout {
  const flags = cursor.u8();
  const rank = cursor.u8();
  const width = cursor.u8();
  const sizes = Array.from({ length: rank }, () => cursor.uint(width));
  const size = sizes.slice(0, -1);
  const bytes = sizeOf(sizes);
  const kind = cursor.u8();
  if (kind < 1 || kind > 3)
    throw unknownLayout(storage, "its chunks are found by an index that isn't known");
  const filtered = kind === 1 && (flags & 2) !== 0;
  const packed = filtered
    ? { size: cursor.length(), mask: cursor.u32() }
    : { size: bytes, mask: 0 };
  if (kind === 3) cursor.skip(1);
  const address = cursor.optionalAddress();
  if (address === undefined) return { kind: "missing" };
  const placesOf = [oneChunk, consecutiveChunks, fixedArray][kind - 1];
  return {
    kind: "chunks",
    size,
    *chunks() {
      const starts = chunkStarts(shape, size);
      for (const place of placesOf(storage, address, packed)) {
        const { value: start } = starts.next();
        if (!start) return;
        if (place.address !== undefined)
          yield { ...packed, ...place, address: place.address, start };
      }
    },
  };
}

function unknownLayout(storage: Storage, problem: string): Error {
  return storage.fail(
    "HDF5",
    problem,
    "Open it in Python and save it again with h5py's default settings",
  );
}

/** The filters of a dataset, in the order of writing. Section IV.A.2.l of the specification. */
export function readFilters(messages: readonly Message[]): Filter[] {
  const message = messages.find(({ type }) => type === MESSAGE.filters);
  if (!message) return [];
  const cursor = message.body();
  const version = cursor.version("a filter pipeline", 1, 2);
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => readFilter(cursor, version));
}

function readFilter(cursor: Cursor, version: number): Filter {
  const id = cursor.u16();
  const nameSize = version === 1 || id >= 256 ? cursor.u16() : 0;
  cursor.skip(2);
  const count = cursor.u16();
  cursor.skip(version === 1 ? (nameSize + 7) & ~7 : nameSize);
  const values = Array.from({ length: count }, () => cursor.u32());
  if (version === 1 && count % 2 === 1) cursor.skip(4);
  return { id, values };
}

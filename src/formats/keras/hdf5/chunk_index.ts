import { Cursor, type Storage } from "./storage.ts";

/** Where a chunk lies and how many bytes it takes there. */
export interface ChunkPlace {
  /** Undefined for a chunk that was never written. */
  readonly address: number | undefined;
  readonly size?: number;
  /** A bit for each filter that was left out. */
  readonly mask?: number;
}

type Packed = Required<Pick<ChunkPlace, "size" | "mask">>;

/** All of the dataset in one chunk. */
export function* oneChunk(_: Storage, address: number): Generator<ChunkPlace> {
  yield { address };
}

/** One chunk behind the other, without an index. */
export function* consecutiveChunks(
  storage: Storage,
  address: number,
  { size }: Packed,
): Generator<ChunkPlace> {
  if (size <= 0) return;
  for (let at = address; at < storage.file.size; at += size) yield { address: at };
}

/** A fixed array, which lists the chunks in order. Section VII.C of the specification. */
export function* fixedArray(storage: Storage, address: number): Generator<ChunkPlace> {
  const header = new Cursor(storage, address).signature("FAHD");
  header.version("an index of chunks", 0);
  const isFiltered = header.u8() === 1;
  const entrySize = header.u8();
  const pageLength = 2 ** header.u8();
  const count = header.length();
  const block = header.optionalAddress();
  if (block === undefined) return;
  const cursor = new Cursor(storage, block).signature("FADB");
  cursor.skip(2 + storage.offsetSize);
  const isPaged = count > pageLength;
  // A bit for each page, and a checksum; a further checksum behind each page.
  if (isPaged) cursor.skip(Math.ceil(Math.ceil(count / pageLength) / 8) + 4);
  for (let i = 0; i < count; i++) {
    if (isPaged && i > 0 && i % pageLength === 0) cursor.skip(4);
    const entry = cursor.part(entrySize);
    const at = entry.optionalAddress();
    if (!isFiltered) yield { address: at };
    else yield { address: at, size: entry.uint(Math.max(0, entry.left - 4)), mask: entry.u32() };
  }
}

/** The first element of each chunk, in row-major order. */
export function* chunkStarts(
  shape: readonly number[],
  size: readonly number[],
): Generator<number[]> {
  const start = shape.map(() => 0);
  for (let axis = 0; axis >= 0; ) {
    yield [...start];
    for (axis = shape.length - 1; axis >= 0; axis--) {
      start[axis] += size[axis];
      if (start[axis] < shape[axis]) break;
      start[axis] = 0;
    }
  }
}

import { unzlibSync } from "fflate";
import { sizeOf } from "../../../base/index.ts";
import { messageOf } from "../../errors.ts";
import type { Chunk, Filter } from "./layout.ts";
import { Cursor, damaged, type Storage } from "./storage.ts";

/** Small files may unpack to this much whatever their ratio; beyond, weights never compress so well. */
const HARMLESS = 64 * 2 ** 20;
const MAX_RATIO = 100;

export interface Chunked {
  readonly shape: readonly number[];
  readonly elementSize: number;
  /** Elements of a chunk, by dimension. */
  readonly size: readonly number[];
  readonly chunks: () => Iterable<Chunk>;
  readonly filters: readonly Filter[];
}

/**
 * Puts the chunks of a dataset together.
 *
 * @throws the file's error when it is damaged, packed in an unknown way, or a bomb.
 */
export function assembleChunks(storage: Storage, dataset: Chunked): Uint8Array {
  const { shape, size, elementSize } = dataset;
  const total = elementSize * sizeOf(shape);
  const chunkBytes = elementSize * sizeOf(size);
  const limit = Math.max(HARMLESS, MAX_RATIO * storage.file.size);
  const isSound =
    size.length === shape.length && chunkBytes > 0 && total <= limit && chunkBytes <= limit;
  if (!isSound) throw damaged(storage, `${total} bytes are more than the file can hold`);
  const bytes = new Uint8Array(total);
  let count = 0;
  for (const chunk of dataset.chunks()) {
    // A sound file has no more chunks than fit the shape, and none twice.
    if (++count * chunkBytes > 2 * limit) throw damaged(storage, "a dataset has too many chunks");
    place(bytes, unpack(storage, chunk, dataset.filters, chunkBytes), chunk.start, dataset);
  }
  return bytes;
}

/** Copies the rows of a chunk that lie inside the dataset: the last ones may reach beyond. */
function place(
  target: Uint8Array,
  chunk: Uint8Array,
  start: readonly number[],
  dataset: Chunked,
): void {
  const { shape, size, elementSize } = dataset;
  const rank = shape.length;
  const inside = size.map((length, axis) => Math.min(length, shape[axis] - start[axis]));
  if (inside.some((length) => !(length > 0))) return;
  const rowBytes = (rank === 0 ? 1 : inside[rank - 1]) * elementSize;
  const index = inside.map(() => 0);
  let axis: number;
  do {
    let from = 0;
    let to = 0;
    for (let dim = 0; dim < rank; dim++) {
      from = from * size[dim] + index[dim];
      to = to * shape[dim] + start[dim] + index[dim];
    }
    const row = chunk.subarray(from * elementSize, from * elementSize + rowBytes);
    target.set(row, to * elementSize);
    for (axis = rank - 2; axis >= 0; axis--) {
      if (++index[axis] < inside[axis]) break;
      index[axis] = 0;
    }
  } while (axis >= 0);
}

function unpack(
  storage: Storage,
  chunk: Chunk,
  filters: readonly Filter[],
  size: number,
): Uint8Array {
  let bytes = new Cursor(storage, chunk.address).bytes(chunk.size);
  for (let i = filters.length - 1; i >= 0; i--) {
    if (!(chunk.mask & (1 << i))) bytes = undo(storage, filters[i], bytes, size);
  }
  if (bytes.length < size) throw damaged(storage, "a chunk of a dataset is too short");
  return bytes;
}

function undo(storage: Storage, filter: Filter, bytes: Uint8Array, size: number): Uint8Array {
  if (filter.id === 1) return inflated(storage, bytes, size);
  if (filter.id === 2) return unshuffled(bytes, filter.values[0] ?? 1);
  // Fletcher-32 adds a checksum of four bytes.
  if (filter.id === 3) return bytes.subarray(0, Math.max(0, bytes.length - 4));
  throw storage.fail(
    "HDF5",
    `a dataset is packed by a filter that isn't known (number ${filter.id})`,
    "Save it again without compression, or with gzip",
  );
}

function inflated(storage: Storage, bytes: Uint8Array, size: number): Uint8Array {
  try {
    // Into a buffer of the right size: a bomb can't grow it. Fletcher's checksum may lie inside.
    return unzlibSync(bytes, { out: new Uint8Array(size + 4) });
  } catch (error) {
    throw damaged(storage, `a chunk of a dataset can't be unpacked (${messageOf(error)})`);
  }
}

/** The shuffle filter puts the first bytes of all elements first, then the second ones. */
function unshuffled(bytes: Uint8Array, elementSize: number): Uint8Array {
  const count = Math.floor(bytes.length / elementSize);
  if (elementSize < 2 || count < 2) return bytes;
  const plain = bytes.slice();
  for (let part = 0; part < elementSize; part++) {
    for (let i = 0; i < count; i++) plain[i * elementSize + part] = bytes[part * count + i];
  }
  return plain;
}

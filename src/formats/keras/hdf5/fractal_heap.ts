import { Cursor, damaged, type Storage } from "./storage.ts";

/** The heap that newer files keep many links or attributes in. */
export interface FractalHeap {
  /** The object of an ID as the trees give it. */
  object(id: Cursor): Cursor;
}

interface Header {
  readonly width: number;
  readonly startSize: number;
  readonly maxDirectSize: number;
  /** Bytes of an offset inside the heap. */
  readonly offsetSize: number;
  readonly lengthSize: number;
  readonly root: number;
  /** 0 when the root is a direct block. */
  readonly rootRows: number;
}

/**
 * Opens a fractal heap. Format: section III.G of the specification.
 *
 * @throws the file's error when it is damaged, or compressed, which the writers of weights never do.
 */
export function openFractalHeap(storage: Storage, address: number): FractalHeap {
  const header = readHeader(storage, address);
  return {
    object(id) {
      const kind = (id.u8() >> 4) & 3;
      if (kind !== 0) throw notManaged(storage);
      const offset = id.uint(header.offsetSize);
      const length = id.uint(header.lengthSize);
      const block = findBlock(storage, header, offset);
      return new Cursor(storage, block.address + (offset - block.offset), length);
    },
  };
}

/** Objects beyond some kilobytes lie elsewhere. Keras writes none: its lists of names are cut before. */
function notManaged(storage: Storage): Error {
  return storage.fail(
    "HDF5",
    "an attribute is too large to be read",
    "Open it in Python and save it again with h5py's default settings",
  );
}

function readHeader(storage: Storage, address: number): Header {
  const { offsetSize: o, lengthSize: l } = storage;
  const cursor = new Cursor(storage, address).signature("FRHP");
  cursor.version("a heap", 0);
  cursor.skip(2);
  if (cursor.u16() !== 0) throw damaged(storage, "one of its heaps is compressed");
  cursor.skip(1);
  const maxObject = cursor.u32();
  // Huge objects, free space, and counts.
  cursor.skip(l + o + l + o + 8 * l);
  const width = cursor.u16();
  const startSize = cursor.length();
  const maxDirectSize = cursor.length();
  const offsetSize = Math.ceil(cursor.u16() / 8);
  cursor.skip(2);
  const root = cursor.target();
  const rootRows = cursor.u16();
  const isSound = width > 0 && startSize > 0 && maxDirectSize >= startSize && offsetSize <= 8;
  if (!isSound) throw damaged(storage, "one of its heaps has impossible sizes");
  const lengthSize = Math.min(Math.ceil(Math.log2(maxDirectSize) / 8), bytesFor(maxObject));
  return { width, startSize, maxDirectSize, offsetSize, lengthSize, root, rootRows };
}

function bytesFor(value: number): number {
  return Math.max(1, Math.ceil(Math.log2(value + 1) / 8));
}

interface Block {
  readonly address: number;
  /** What the heap counts as its first byte. */
  readonly offset: number;
}

/** Walks down from the root: rows of `width` blocks, whose size doubles from the third row on. */
function findBlock(storage: Storage, header: Header, wanted: number): Block {
  let block: Block = { address: header.root, offset: 0 };
  let rows = header.rootRows;
  while (rows > 0) {
    const { row, column, offset } = locate(header, wanted - block.offset);
    if (row >= rows) throw damaged(storage, "an object lies outside its heap");
    const cursor = new Cursor(storage, block.address).signature("FHIB");
    cursor.skip(1 + storage.offsetSize + header.offsetSize);
    cursor.skip((row * header.width + column) * storage.offsetSize);
    const child: Block = { address: cursor.target(), offset: block.offset + offset };
    const size = rowSize(header, row);
    // A row of blocks too large to hold objects holds tables of smaller ones.
    const childRows = size > header.maxDirectSize ? rowsIn(header, size) : 0;
    if (childRows >= rows) throw damaged(storage, "one of its heaps doesn't end");
    block = child;
    rows = childRows;
  }
  return block;
}

function rowSize({ startSize }: Header, row: number): number {
  return startSize * 2 ** Math.max(0, row - 1);
}

/** How many rows a table covers that takes the place of a block of `size`. */
function rowsIn({ startSize, width }: Header, size: number): number {
  return Math.round(Math.log2(size / (startSize * width))) + 1;
}

function locate(header: Header, wanted: number) {
  let row = 0;
  let offset = 0;
  for (;;) {
    const size = rowSize(header, row);
    if (wanted < offset + size * header.width || row > 64) {
      const column = Math.max(0, Math.floor((wanted - offset) / size));
      return { row, column: Math.min(column, header.width - 1), offset: offset + column * size };
    }
    offset += size * header.width;
    row++;
  }
}

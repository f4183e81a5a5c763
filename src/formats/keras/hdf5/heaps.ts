import { Cursor, damaged, type Storage } from "./storage.ts";

const utf8 = new TextDecoder();

/** The names of an old group's members: texts that end with a zero byte. */
export function readLocalHeap(storage: Storage, address: number): (offset: number) => string {
  const cursor = new Cursor(storage, address).signature("HEAP");
  cursor.skip(4);
  const size = cursor.length();
  cursor.length();
  const data = new Cursor(storage, cursor.target());
  const bytes = data.bytes(Math.min(size, data.left));
  return (offset) => {
    const end = bytes.indexOf(0, offset);
    if (offset >= bytes.length || end < 0)
      throw damaged(storage, "the name of a member is cut off");
    return utf8.decode(bytes.subarray(offset, end));
  };
}

/**
 * The heaps that texts of any length lie in. Looked up once per heap, since many texts share one.
 *
 * The texts of a file are never longer together than the file. A hostile one may have thousands of attributes point
 * at the same text, so what is handed out is counted.
 */
export class GlobalHeaps {
  readonly #storage: Storage;
  readonly #heaps = new Map<number, ReadonlyMap<number, Uint8Array>>();
  #given = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get(address: number, index: number): Uint8Array {
    let heap = this.#heaps.get(address);
    if (!heap) {
      heap = readCollection(this.#storage, address);
      this.#heaps.set(address, heap);
    }
    const found = heap.get(index);
    if (!found) throw damaged(this.#storage, "a text isn't in its heap");
    this.#given += found.length;
    if (this.#given > this.#storage.file.size) {
      throw damaged(this.#storage, "its texts are longer together than the file");
    }
    return found;
  }
}

function readCollection(storage: Storage, address: number): Map<number, Uint8Array> {
  const header = new Cursor(storage, address).signature("GCOL");
  header.version("a global heap", 1);
  const size = header.skip(3).length();
  const cursor = new Cursor(storage, address, size).skip(8 + storage.lengthSize);
  const objects = new Map<number, Uint8Array>();
  while (cursor.left >= 8 + storage.lengthSize) {
    const index = cursor.u16();
    cursor.skip(6);
    const length = cursor.length();
    if (index === 0) break;
    objects.set(index, cursor.bytes(length));
    cursor.skip(Math.min(cursor.left, (8 - (length % 8)) % 8));
  }
  return objects;
}

import { aligned, Block } from "./block.ts";
import type { Output } from "./output.ts";

/** What the HDF5 library makes each heap, and the least that it reads. */
const HEAP_SIZE = 4096;
const HEAP_HEADER = 16;
const OBJECT_HEADER = 16;

/** Where an object lies. */
export interface HeapPlace {
  readonly heap: number;
  readonly index: number;
}

/** Objects of any size. Format: HDF5 File Format Specification 3.0, section III.E. */
export class GlobalHeapWriter {
  readonly #output: Output;
  #heap?: { readonly address: number; readonly objects: Uint8Array[]; left: number };

  constructor(output: Output) {
    this.#output = output;
  }

  add(bytes: Uint8Array): HeapPlace {
    const needed = OBJECT_HEADER + aligned(bytes.length);
    if (needed > HEAP_SIZE - HEAP_HEADER) {
      return { heap: this.#output.append(heapOf([bytes], HEAP_HEADER + needed)), index: 1 };
    }
    const heap = this.#heap && needed <= this.#heap.left ? this.#heap : this.#open();
    heap.left -= needed;
    return { heap: heap.address, index: heap.objects.push(bytes) };
  }

  /** A heap of the usual size, written when all its objects are known. */
  #open() {
    const objects: Uint8Array[] = [];
    const address = this.#output.appendLater(HEAP_SIZE, (target) =>
      target.set(heapOf(objects, HEAP_SIZE)),
    );
    this.#heap = { address, objects, left: HEAP_SIZE - HEAP_HEADER };
    return this.#heap;
  }
}

function heapOf(objects: readonly Uint8Array[], size: number): Uint8Array {
  const block = new Block().signature("GCOL").u8(1).zeros(3).u64(size);
  objects.forEach((bytes, i) => {
    // Number, count of references, reserved, size.
    block
      .u16(i + 1)
      .u16(1)
      .zeros(4)
      .u64(bytes.length)
      .raw(bytes)
      .align();
  });
  const left = size - block.length;
  // Object 0 is the free space, its own header counted; too little for a header is left out.
  if (left >= OBJECT_HEADER) block.zeros(8).u64(left);
  return block.padTo(size).finish();
}

import { aligned } from "./block.ts";

interface Piece {
  readonly address: number;
  readonly size: number;
  readonly write: (target: Uint8Array) => void;
}

/**
 * The file in the making: pieces, one behind the other, each at a multiple of eight. What others point to is put
 * before them, so that its address is known; only the superblock, for which room is left in front, points forwards.
 *
 * Elements of tensors are written straight into the file's memory at the end, so that there is nothing else of a
 * file's size.
 */
export class Output {
  readonly #pieces: Piece[] = [];
  #end: number;

  /** @param reserved bytes left free in front. */
  constructor(reserved: number) {
    this.#end = reserved;
  }

  /** The address of the next piece. */
  get next(): number {
    return aligned(this.#end);
  }

  /** @returns its address. */
  append(bytes: Uint8Array): number {
    return this.appendLater(bytes.length, (target) => target.set(bytes));
  }

  /**
   * Leaves room for what is written at the end.
   *
   * @returns its address.
   */
  appendLater(size: number, write: Piece["write"]): number {
    const address = this.next;
    this.#pieces.push({ address, size, write });
    this.#end = address + size;
    return address;
  }

  /** @param start what belongs in front, from the size of the whole file. */
  finish(start: (size: number) => Uint8Array): Uint8Array {
    const file = new Uint8Array(this.#end);
    file.set(start(this.#end));
    for (const { address, size, write } of this.#pieces) {
      write(file.subarray(address, address + size));
    }
    return file;
  }
}

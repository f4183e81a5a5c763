/** One structure of an HDF5 file in the making: little-endian numbers, one behind the other. */
export class Block {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room. @returns where it begins, to be asked for before `#bytes` or `#view`, which it may replace. */
  #advance(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }

  u8(...values: readonly number[]): this {
    return this.raw(Uint8Array.from(values));
  }

  u16(value: number): this {
    const at = this.#advance(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#advance(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** A length, or an address; undefined becomes all ones, which stands for no address. */
  u64(value: number | undefined): this {
    const bits = value === undefined ? 2n ** 64n - 1n : BigInt(value);
    const at = this.#advance(8);
    this.#view.setBigUint64(at, bits, true);
    return this;
  }

  /** Four letters that a structure begins with. */
  signature(letters: string): this {
    return this.u8(...Array.from(letters, (letter) => letter.charCodeAt(0)));
  }

  raw(bytes: Uint8Array): this {
    const at = this.#advance(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  zeros(count: number): this {
    this.#advance(count);
    return this;
  }

  /** Zeros up to a length of the structure. */
  padTo(length: number): this {
    return this.zeros(length - this.#length);
  }

  /** Zeros up to the next multiple of eight. */
  align(): this {
    return this.padTo(aligned(this.#length));
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** The next multiple of eight, at which every structure begins. */
export function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

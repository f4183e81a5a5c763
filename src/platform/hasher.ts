/** A digest of bytes that come piece by piece: WebCrypto only digests what is in memory as a whole. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Hexadecimal digits; nothing may be added afterwards. */
  digest(): string;
}

/** MD5 is what Keras publishes: two files of one can be made, but nobody can make a file of one that is given. */
export type HashName = "sha256" | "md5";

export const rotate = (x: number, n: number) => (x << n) | (x >>> (32 - n));

/** What SHA-256 and MD5 have in common: blocks of 64 bytes, the last one padded, after which the state is the digest. */
export abstract class BlockHasher implements Hasher {
  readonly #block = new Uint8Array(64);
  #filled = 0;
  #length = 0;

  constructor(
    protected readonly state: Uint32Array,
    private readonly littleEndian: boolean,
  ) {}

  protected abstract compress(bytes: Uint8Array, at: number): void;

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#filled > 0) {
      at = Math.min(64 - this.#filled, bytes.length);
      this.#block.set(bytes.subarray(0, at), this.#filled);
      this.#filled += at;
      if (this.#filled < 64) return;
      this.compress(this.#block, 0);
    }
    for (; at + 64 <= bytes.length; at += 64) this.compress(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#filled = bytes.length - at;
  }

  digest(): string {
    const length = this.#length;
    // 0x80, zeros, and the length in bits as 64 of them, to a whole block.
    const padding = new Uint8Array(((119 - (length % 64)) % 64) + 9);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    const [high, low] = this.littleEndian ? [4, 8] : [8, 4];
    view.setUint32(padding.length - high, Math.floor(length / 2 ** 29), this.littleEndian);
    view.setUint32(padding.length - low, (length << 3) >>> 0, this.littleEndian);
    this.update(padding);
    const out = new DataView(new ArrayBuffer(4 * this.state.length));
    this.state.forEach((word, i) => {
      out.setUint32(4 * i, word, this.littleEndian);
    });
    const bytes = new Uint8Array(out.buffer);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

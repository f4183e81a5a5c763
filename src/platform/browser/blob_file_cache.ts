import type { CachedFile, FileCache, PartFile } from "../download/types.ts";
import { Md5 } from "../md5.ts";
import { Sha256 } from "../sha256.ts";

/** Where a page keeps Blobs by name. */
export interface BlobStore {
  get(name: string): Promise<Blob | null>;
  put(name: string, blob: Blob): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Bytes of the pieces that downloads are stored in: only whole pieces survive an interruption. */
const PIECE = 8 * 2 ** 20;

/** A cache of files in a store that can't append: pieces by number, joined when all have come. */
export function blobFileCache(store: BlobStore, piece = PIECE): FileCache {
  const writing = new Set<string>();
  return {
    find: (key) => store.get(key),
    async open(key) {
      if (writing.has(key)) throw new Error(`${key}: it is being downloaded already; wait for it`);
      writing.add(key);
      const part = new BlobPartFile(store, key, piece, () => writing.delete(key));
      await part.load();
      return part;
    },
    delete: (key) => store.delete(key),
    hasher: (name) => (name === "md5" ? new Md5() : new Sha256()),
  };
}

class BlobPartFile implements PartFile {
  readonly #store: BlobStore;
  readonly #key: string;
  readonly #piece: number;
  readonly #onEnd: () => void;
  #pieces: Blob[] = [];
  #open: Uint8Array<ArrayBuffer>[] = [];
  #openSize = 0;
  version: string | null = null;

  constructor(store: BlobStore, key: string, piece: number, onEnd: () => void) {
    this.#store = store;
    this.#key = key;
    this.#piece = piece;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#pieces.length * this.#piece + this.#openSize;
  }

  async load(): Promise<void> {
    const version = await this.#store.get(this.#name("version"));
    this.version = version ? (await version.text()) || null : null;
    for (;;) {
      const piece = await this.#store.get(this.#name(this.#pieces.length));
      if (piece?.size !== this.#piece) return;
      this.#pieces.push(piece);
    }
  }

  async restart(version: string | null): Promise<void> {
    await this.#removePieces();
    this.version = version;
    await this.#store.put(this.#name("version"), new Blob([version ?? ""]));
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const taken = bytes.slice(at, at + this.#piece - this.#openSize);
      this.#open.push(taken);
      this.#openSize += taken.length;
      at += taken.length;
      if (this.#openSize === this.#piece) await this.#storePiece();
    }
  }

  async #storePiece(): Promise<void> {
    const name = this.#name(this.#pieces.length);
    const piece = new Blob(this.#open);
    this.#open = [];
    this.#openSize = 0;
    await this.#store.put(name, piece);
    // The stored one may lie on the disk, the other is in memory.
    this.#pieces.push((await this.#store.get(name)) ?? piece);
  }

  async *read(): AsyncIterable<Uint8Array> {
    for (const piece of this.#pieces) yield new Uint8Array(await piece.arrayBuffer());
    yield* this.#open;
  }

  async keep(): Promise<CachedFile> {
    const whole = new Blob([...this.#pieces, ...this.#open]);
    await this.#store.put(this.#key, whole);
    const stored = await this.#store.get(this.#key);
    await this.discard();
    return stored ?? whole;
  }

  async close(): Promise<void> {
    this.#onEnd();
  }

  async discard(): Promise<void> {
    await this.#removePieces();
    await this.#store.delete(this.#name("version"));
    this.#onEnd();
  }

  async #removePieces(): Promise<void> {
    for (let i = 0; i < this.#pieces.length; i++) await this.#store.delete(this.#name(i));
    this.#pieces = [];
    this.#open = [];
    this.#openSize = 0;
  }

  #name(what: number | "version"): string {
    return `${this.#key}?part=${what}`;
  }
}

/** Keeps nothing beyond the page: for `cache: false`, and where there is no storage. */
export function memoryStore(): BlobStore {
  const blobs = new Map<string, Blob>();
  return {
    get: async (name) => blobs.get(name) ?? null,
    put: async (name, blob) => void blobs.set(name, blob),
    delete: async (name) => void blobs.delete(name),
  };
}

import type { Hasher, HashName } from "../hasher.ts";

/** A whole file of the cache: a path in Node, a Blob (which the browser keeps on disk) in a page. */
export type CachedFile = string | Blob;

/** Files kept between runs, by keys such as "pretrained/vgg16/vgg16.pth". Losing them must never hurt. */
export interface FileCache {
  /** Null where there is none; a half file is none. */
  find(key: string): Promise<CachedFile | null>;
  /**
   * Begins a file, or goes on where an earlier download stopped.
   *
   * @throws Error when it is being written already.
   */
  open(key: string): Promise<PartFile>;
  delete(key: string): Promise<void>;
  hasher(name: HashName): Hasher;
}

/** A file in the making. What it holds stays for the next time until it is kept or discarded. */
export interface PartFile {
  /** Bytes it holds. */
  readonly size: number;
  /** What the server called the version that these bytes belong to: its ETag or date. */
  readonly version: string | null;
  /** Throws away what there is. */
  restart(version: string | null): Promise<void>;
  append(bytes: Uint8Array): Promise<void>;
  /** What was appended, from the beginning. */
  read(): AsyncIterable<Uint8Array>;
  /** Makes it a whole file of the cache, in one step. */
  keep(): Promise<CachedFile>;
  /** Lets go of it; the bytes stay. */
  close(): Promise<void>;
  /** Lets go of it and of the bytes. */
  discard(): Promise<void>;
}

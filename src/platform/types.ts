import type { FileCache } from "./download/types.ts";

/** A decoded picture: 8-bit RGB, interleaved, row by row (HWC). */
export interface DecodedImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface DecodeOptions {
  /**
   * The size in pixels the picture will be resampled to afterwards. The decoder may then deliver a
   * smaller picture than the file's, but never less than twice this size in both directions, so
   * that a 12-megapixel photo needn't be unpacked in full to be shown at 224×224.
   */
  readonly target?: { readonly width: number; readonly height: number };
}

/** What a page shows, or could: whatever a canvas can draw. */
export type Drawable =
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | VideoFrame;

export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
}

/** A file of which parts can be read without waiting. */
export interface OpenFile {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` to before `end`. @throws Error naming the path, also when the file was changed. */
  read(start: number, end: number): Uint8Array;
}

/** A value that follows a function, and all that it starts, through its awaits. */
export interface TaskStorage<T> {
  /** The value of the function that runs now. */
  get(): T | undefined;
  run<R>(value: T, fn: () => R): R;
}

/** A file system that a program keeps its results in. A page has none. */
export interface Disk {
  /** What lies at a path, links followed; null where there is nothing. */
  kindOf(path: string): Promise<"file" | "folder" | "other" | null>;
  /**
   * Makes a folder with those above it; one that is there already is fine.
   *
   * @returns the uppermost folder that was made; null where all were there.
   * @throws Error naming the path.
   */
  makeFolder(path: string): Promise<string | null>;
  /** @throws Error naming the path and why nothing can be written into this folder. */
  checkWritable(folder: string): Promise<void>;
  /**
   * Writes a new file, whole or not at all; false, and nothing is written, where something of this name is there already.
   */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Removes a file or an empty folder; what isn't there, or isn't empty, is left as it is. */
  remove(path: string): Promise<void>;
  /** Removes what processes that were killed while they wrote this file left beside it. */
  sweep(path: string): Promise<void>;
  /** A folder that the system has for passing things: perhaps on another disk. */
  readonly temporaryFolder: string;
  /** Paths as this system writes them. */
  readonly path: {
    resolve(...parts: string[]): string;
    join(...parts: string[]): string;
    dirname(path: string): string;
    basename(path: string, ending?: string): string;
  };
}

/** Everything the engine asks of its surroundings. One implementation per platform. */
export interface Platform {
  readonly name: "node" | "browser";
  /** The WebGPU entry point, or null where there is none. */
  gpu(): Promise<GPU | null>;
  /** Lets the thread rest until the GPU has settled `pending`, where waiting would otherwise keep it busy. */
  restWhile?(pending: Promise<unknown>): void;
  /** Has what nobody holds any more found and given back, where that can be asked for. */
  collectGarbage?(): Promise<void>;
  /** Reads a whole file: a path in Node, a URL (also relative) in the browser. */
  readFile(path: string): Promise<Uint8Array>;
  /**
   * Prepares to read parts of a file; null for what is no plain file of at least `minimum` bytes. Only where there
   * are files.
   */
  openFile?(path: string, minimum: number): Promise<OpenFile | null>;
  /** Opens a Blob to read parts of it; null where that can't be done without waiting. */
  openBlob?(blob: Blob): OpenFile | null;
  /** CRC-32 as zip archives have it, where the platform has a fast one. @param previous that of the bytes before. */
  crc32?(bytes: Uint8Array, previous: number): number;
  /** Replaces a file as one step: after a failure the old file is still whole. */
  writeFileAtomic(path: string, bytes: Uint8Array): Promise<void>;
  /** The entries of one folder sorted by name; links count as what they point to. */
  listFolder(path: string): Promise<FolderEntry[]>;
  /** Only where there are folders to keep results in. */
  readonly disk?: Disk;
  /**
   * Decodes JPEG, PNG, WebP, GIF (first frame), .ppm and .pgm, and whatever else the platform knows, to 8-bit RGB.
   * What a file is is told by its content. Drawings (SVG) are refused.
   * EXIF orientation is applied, colour profiles are not (as in Pillow and so in most training
   * pipelines), transparent parts become white.
   */
  decodeImage(bytes: Uint8Array, options?: DecodeOptions): Promise<DecodedImage>;
  /** The pixels of what a page shows, likewise; only where there are pages. */
  drawPicture?(picture: Drawable, options?: DecodeOptions): Promise<DecodedImage>;
  /** Values that belong to a task; absent where JavaScript has nothing of the kind. */
  taskStorage?<T>(): TaskStorage<T> | null;
  /** The cache of files; loaded when first asked for. */
  files(): Promise<FileCache>;
}

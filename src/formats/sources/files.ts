import { platform } from "../../platform/index.ts";
import { messageOf, printable, WeightFileError } from "../errors.ts";
import { type ByteSource, type FileLike, memberSource, type ReadOptions } from "./byte_source.ts";
import { pickEntry } from "./entry.ts";
import { type Bytes, explaining, LARGE_FILE } from "./ranges.ts";

/** A file that came alone: it has no folder, so what lies beside it can't be had. */
export function singleSource(file: FileLike, options: ReadOptions): ByteSource {
  const name = options.name ?? ownName(file);
  return {
    name,
    read: () => readFileLike(file, name, options),
    open: () => openFileLike(file, name, options),
    sibling: async (sibling) => {
      throw new WeightFileError({
        file: name,
        problem: `it needs the file "${printable(sibling)}", which can't be found from a single file or bytes`,
        advice: "Pass a path, a URL, or all the files together: [file, …] or { name: file, … }",
      });
    },
  };
}

function ownName(file: FileLike): string {
  if (typeof File !== "undefined" && file instanceof File && file.name) return file.name;
  return "the given bytes";
}

/** Several files by name; names may hold folders (`a/model.json`). */
export function filesSource(
  files: ReadonlyMap<string, FileLike>,
  options: ReadOptions,
): ByteSource {
  const where = options.name ?? "the given files";
  return fileAmong(files, pickEntry(where, [...files.keys()]), options);
}

function fileAmong(
  files: ReadonlyMap<string, FileLike>,
  name: string,
  options: ReadOptions,
): ByteSource {
  const file = files.get(name);
  if (!file) {
    throw new WeightFileError({
      file: name,
      problem: "this file is missing among those given",
      advice: "Pass all shards together with their manifest",
    });
  }
  const source = {
    name,
    read: () => readFileLike(file, name, options),
    open: () => openFileLike(file, name, options),
  };
  return memberSource(name, files, source, (other) => fileAmong(files, other, options));
}

async function openFileLike(file: FileLike, name: string, options: ReadOptions): Promise<Bytes> {
  options.signal?.throwIfAborted();
  const isLarge = file instanceof Blob && file.size >= LARGE_FILE;
  const opened = isLarge ? platform().openBlob?.(file) : null;
  if (!opened) return readFileLike(file, name, options);
  options.onProgress?.(opened.size, opened.size, name);
  return explaining(opened, (cause) => unreadable(name, cause));
}

/** Blobs are read in pieces of this size, so that progress shows and an abort is heeded. */
const PIECE = 8 * 2 ** 20;

async function readFileLike(
  file: FileLike,
  name: string,
  options: ReadOptions,
): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  if (file instanceof Uint8Array) return file;
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  const bytes = allocate(file.size, name);
  for (let start = 0; start < file.size; start += PIECE) {
    const piece = await readPiece(file.slice(start, start + PIECE), name);
    options.signal?.throwIfAborted();
    bytes.set(piece, start);
    options.onProgress?.(start + piece.length, file.size, name);
  }
  return bytes;
}

async function readPiece(blob: Blob, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

/** A File is only a handle: it can't be read after the file was changed or removed on disk. */
function unreadable(name: string, cause: unknown): WeightFileError {
  return new WeightFileError({
    file: name,
    problem: `can't be read (${messageOf(cause)})`,
    advice: "Choose the file again",
    cause,
  });
}

/** A buffer of `size` bytes, or an error that says what is too big. */
export function allocate(size: number, name: string): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new WeightFileError({
      file: name,
      problem: `there is no memory for its ${size} bytes`,
      advice: "Split it into shards, or use a machine with more memory",
      cause,
    });
  }
}

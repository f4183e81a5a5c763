import { platform } from "../../platform/index.ts";
import { messageOf, WeightFileError } from "../errors.ts";
import { type ByteSource, type ReadOptions, siblingSegments } from "./byte_source.ts";
import { pickEntry } from "./entry.ts";
import { urlSource } from "./http.ts";
import { type Bytes, explaining, LARGE_FILE, wholeOf } from "./ranges.ts";

/** A path where there is a file system; in a page, where there is none, a URL relative to the page. */
export function pathSource(path: string, options: ReadOptions): Promise<ByteSource> | ByteSource {
  if (platform().name === "browser" && typeof globalThis.location === "object") {
    return urlSource(new URL(path, globalThis.location.href).href, options);
  }
  return path.endsWith("/") ? folderSource(path, options) : fileOrFolder(path, options);
}

/** Asking the folder first would cost a call for every file, and files are the rule. */
async function fileOrFolder(path: string, options: ReadOptions): Promise<ByteSource> {
  const bytes = await openPath(path, options).catch((error: unknown) => {
    if (isFolderError(error)) return null;
    throw error;
  });
  return bytes
    ? { ...fileSource(path, options), open: async () => bytes, read: async () => wholeOf(bytes) }
    : folderSource(path, options);
}

function fileSource(path: string, options: ReadOptions): ByteSource {
  return {
    name: path,
    read: () => readPath(path, options),
    open: () => openPath(path, options),
    sibling: async (name) => fileSource(siblingPath(path, name), options),
    siblings: () => filesIn(folderOf(path) || "."),
  };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function siblingPath(path: string, name: string): string {
  const folder = folderOf(path);
  const segments = siblingSegments(path, name);
  const isUrl = /^file:/i.test(path);
  return folder + (isUrl ? segments.map(encodeURIComponent) : segments).join("/");
}

async function folderSource(path: string, options: ReadOptions): Promise<ByteSource> {
  const folder = path.endsWith("/") ? path : `${path}/`;
  return fileSource(folder + pickEntry(path, await filesIn(path)), options);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await platform()
    .listFolder(folder)
    .catch((error: unknown) => {
      throw unreadable(folder, error);
    });
  return entries.filter((entry) => entry.kind === "file").map((entry) => entry.name);
}

async function openPath(path: string, options: ReadOptions): Promise<Bytes> {
  options.signal?.throwIfAborted();
  // What is wrong with the path is said by reading it.
  const file = await platform()
    .openFile?.(path, LARGE_FILE)
    .catch(() => null);
  if (!file) return readPath(path, options);
  options.onProgress?.(file.size, file.size, path);
  return explaining(file, (error) => unreadable(path, error));
}

async function readPath(path: string, options: ReadOptions): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  let bytes: Uint8Array;
  try {
    bytes = await platform().readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  options.signal?.throwIfAborted();
  options.onProgress?.(bytes.byteLength, bytes.byteLength, path);
  return bytes;
}

/** The platform's messages begin with the path, which this error names itself. */
function unreadable(path: string, error: unknown): WeightFileError {
  const message = messageOf(error);
  const problem = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
  return new WeightFileError({
    file: path,
    problem,
    advice: "Check the path and that you may read it",
    cause: error,
  });
}

function isFolderError(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && at.code === "EISDIR") return true;
  }
  return false;
}

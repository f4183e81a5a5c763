import { checkOptions } from "../../base/index.ts";
import { type ByteSource, type FileLike, isFileLike, type ReadOptions } from "./byte_source.ts";
import { filesSource, singleSource } from "./files.ts";
import { responseSource, urlSource } from "./http.ts";
import { pathSource } from "./path.ts";

export type { ByteSource, FileLike, ReadOptions } from "./byte_source.ts";

/**
 * Where weights come from: a path (Node), a folder's path, a URL, a `File` or `Blob`, bytes, a `Response`, or
 * several files by name (the `files` of an `<input multiple>`, an array of Files, a record or a map).
 */
export type WeightSource =
  | string
  | URL
  | FileLike
  | Response
  | Iterable<File>
  | ReadonlyMap<string, FileLike>
  | Readonly<{ [name: string]: FileLike }>;

/**
 * @returns the source as something to read. Of a folder or of several files, the one that describes the others (a
 *   manifest or index), or the only weight file.
 * @throws WeightFileError when it can't be told which file is meant; TypeError when `source` is none of the kinds.
 */
export async function toByteSource(
  source: WeightSource,
  options: ReadOptions = {},
): Promise<ByteSource> {
  checkOptions("loadWeights", options, ["onProgress", "signal", "name", "maxSize"]);
  options.signal?.throwIfAborted();
  if (typeof source === "string") return stringSource(source, options);
  if (source instanceof URL) return urlOrFile(source, options);
  if (isFileLike(source)) return singleSource(source, options);
  if (typeof Response !== "undefined" && source instanceof Response) {
    return responseSource(source, options);
  }
  return filesSource(namedFiles(source), options);
}

const URL_START = /^(https?|data|blob):/i;

function stringSource(text: string, options: ReadOptions): Promise<ByteSource> | ByteSource {
  return URL_START.test(text) ? urlSource(text, options) : pathSource(text, options);
}

function urlOrFile(url: URL, options: ReadOptions): Promise<ByteSource> | ByteSource {
  return stringSource(url.href, options);
}

function namedFiles(source: unknown): ReadonlyMap<string, FileLike> {
  const files = new Map<string, FileLike>();
  for (const [name, file] of entriesOf(source)) {
    if (typeof name !== "string" || !isFileLike(file)) throw notASource(file);
    files.set(name, file);
  }
  return files;
}

/** Arrays and the `FileList` of an input are iterable, but only a Map says names itself. */
function entriesOf(source: unknown): Iterable<readonly [unknown, unknown]> {
  if (source instanceof Map) return source;
  if (typeof source !== "object" || source === null) throw notASource(source);
  if (!isIterable(source)) return Object.entries(source);
  return [...source].map((file) => [fileName(file), file] as const);
}

function isIterable(source: object): source is Iterable<unknown> {
  return Symbol.iterator in source;
}

function fileName(file: unknown): string | undefined {
  if (typeof File === "undefined" || !(file instanceof File)) return undefined;
  return file.webkitRelativePath || file.name;
}

function notASource(value: unknown): TypeError {
  const kind =
    typeof value === "object" && value !== null ? value.constructor?.name : String(typeof value);
  return new TypeError(
    `loadWeights: expected a path, URL, File, Blob, bytes, Response, or files by name, got ${kind ?? "an object"}`,
  );
}

import { platform } from "./current.ts";
import { fetchBytes, reason, shorten } from "./fetch.ts";

/**
 * Where bytes come from: a path (Node), an http(s), file, blob or data URL, a `File` or `Blob`, or
 * the bytes themselves. In the browser a string is always a URL.
 */
export type Source = string | URL | Blob | ArrayBuffer | Uint8Array;

const URL_SCHEME = /^(https?|data|blob):/i;

export function isSource(value: unknown): value is Source {
  return (
    typeof value === "string" ||
    value instanceof URL ||
    value instanceof Blob ||
    value instanceof ArrayBuffer ||
    value instanceof Uint8Array
  );
}

/** What error messages call a source: its path, URL or file name, or `fallback` for bare bytes. */
export function sourceName(source: Source, fallback = "the given bytes"): string {
  const text = source instanceof URL ? source.href : source;
  if (typeof text === "string") return shorten(text);
  if (typeof File !== "undefined" && source instanceof File && source.name) {
    return source.webkitRelativePath || source.name;
  }
  return fallback;
}

/**
 * All bytes of a source.
 *
 * @throws Error naming the file or URL when it can't be read, TypeError when it is no source.
 */
export async function readSource(source: Source): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return readBlob(source);
  if (!isSource(source)) {
    throw new TypeError(`expected a path, URL, File, Blob or bytes, got ${typeText(source)}`);
  }
  const text = source instanceof URL ? source.href : source;
  return URL_SCHEME.test(text) ? fetchBytes(text) : platform().readFile(text);
}

async function readBlob(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    // A File is only a handle: it can't be read after the file was changed or removed on disk.
    throw new Error(`${sourceName(blob, "the given Blob")}: can't be read (${reason(cause)})`, {
      cause,
    });
  }
}

/** What somebody gave, for messages. */
export function typeText(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? (value.constructor?.name ?? "an object") : typeof value;
}

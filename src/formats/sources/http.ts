import { messageOf, WeightFileError } from "../errors.ts";
import { type ByteSource, type ReadOptions, siblingSegments } from "./byte_source.ts";
import { Pieces } from "./pieces.ts";
import { type Bytes, wholeOf } from "./ranges.ts";

/** A file behind an http(s), data or blob URL. Siblings keep the URL's query, where access tokens live. */
export function urlSource(url: string, options: ReadOptions): ByteSource {
  return {
    name: shownUrl(url),
    read: async () => wholeOf(await download(url, options)),
    open: () => download(url, options),
    sibling: async (name) => urlSource(siblingUrl(url, name), options),
  };
}

/** A response that was already received; its URL leads to what lies beside it. */
export function responseSource(response: Response, options: ReadOptions): ByteSource {
  const name = response.url ? shownUrl(response.url) : (options.name ?? "the given Response");
  return {
    name,
    read: async () => wholeOf(await body(response, name, options)),
    open: () => body(response, name, options),
    sibling: async (sibling) => urlSource(siblingUrl(response.url, sibling, name), options),
  };
}

function siblingUrl(url: string, name: string, shown = shownUrl(url)): string {
  const segments = siblingSegments(shown, name);
  if (!/^https?:/i.test(url)) {
    throw new WeightFileError({
      file: shown,
      problem: `it needs the file "${name}" beside it, and this source has no folder`,
      advice: "Pass an http(s) URL, or all the files together: { name: file, … }",
    });
  }
  const { search } = new URL(url);
  const sibling = new URL(segments.map(encodeURIComponent).join("/"), url);
  sibling.search = search;
  return sibling.href;
}

/** Data URLs hold the file itself, and queries may hold secrets: neither belongs in messages. */
function shownUrl(url: string): string {
  return /^https?:/i.test(url) ? url.replace(/[?#].*$/s, "") : `${url.slice(0, 40)}…`;
}

async function download(url: string, options: ReadOptions): Promise<Bytes> {
  const name = shownUrl(url);
  let response: Response;
  try {
    response = await fetch(url, options.signal ? { signal: options.signal } : undefined);
  } catch (cause) {
    throw brokenOff(name, cause, options, "can't be fetched");
  }
  return body(response, name, options);
}

async function body(response: Response, name: string, options: ReadOptions): Promise<Bytes> {
  if (!response.ok) {
    throw new WeightFileError({
      file: name,
      problem: `the server answered ${response.status} ${response.statusText}`.trim(),
      advice: "Check the address, and whether it needs a login",
    });
  }
  if (response.bodyUsed) {
    throw new WeightFileError({
      file: name,
      problem: "the Response was read already",
      advice: "Pass a fresh one, or its bytes",
    });
  }
  try {
    return await collect(response, name, options);
  } catch (cause) {
    if (cause instanceof WeightFileError) throw cause;
    throw brokenOff(name, cause, options, "the download broke off");
  }
}

/** Fills one buffer of the announced size, so that a large file is in memory once and not twice. */
async function collect(response: Response, name: string, options: ReadOptions): Promise<Bytes> {
  const total = isPacked(response) ? undefined : announcedSize(response);
  const { maxSize = usualLimit(response) } = options;
  checkSize(total ?? 0, maxSize, name);
  const pieces = new Pieces(total, name);
  for await (const value of chunks(response, options.signal)) {
    checkSize(pieces.size + value.length, maxSize, name);
    pieces.append(value);
    options.onProgress?.(pieces.size, total, name);
  }
  if (total !== undefined && pieces.size < total) {
    throw new Error(`${pieces.size} of ${total} bytes arrived`);
  }
  return pieces.bytes();
}

/** The body's pieces; giving up early also stops the transfer. */
async function* chunks(response: Response, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A compressed transfer announces the compressed size. */
function isPacked({ headers }: Response): boolean {
  const encoding = headers.get("content-encoding");
  return encoding !== null && encoding !== "identity";
}

function announcedSize({ headers }: Response): number | undefined {
  const size = Number(headers.get("content-length") ?? Number.NaN);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

const GIGABYTE = 2 ** 30;

/** Weights hardly get smaller by packing, but a megabyte of gzip can unpack to a thousand. */
function usualLimit(response: Response): number {
  if (!isPacked(response)) return 8 * GIGABYTE;
  const packed = announcedSize(response);
  return packed === undefined ? 2 * GIGABYTE : Math.max(2 ** 20, 100 * packed);
}

function checkSize(size: number, limit: number, name: string): void {
  if (size <= limit) return;
  throw new WeightFileError({
    file: name,
    problem: `the server sends more than ${limit} bytes`,
    advice: "Check the address; { maxSize } allows for more",
  });
}

/** An abort is the caller's own doing and goes through as it is. */
function brokenOff(name: string, cause: unknown, options: ReadOptions, what: string): unknown {
  if (options.signal?.aborted) return options.signal.reason;
  // undici hides the useful message in `cause`.
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return new WeightFileError({
    file: name,
    problem: `${what} (${messageOf(inner)})`,
    advice: "Check the address, the connection and, in a page, the server's CORS headers",
    cause,
  });
}

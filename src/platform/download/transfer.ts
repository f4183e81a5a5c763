import { platform } from "../current.ts";
import { reason } from "../fetch.ts";
import { DownloadError, Interruption } from "./errors.ts";
import { checkAnnounced, checkRoom, type Expectation, leastSize } from "./expectation.ts";
import type { PartFile } from "./types.ts";

export interface TransferOptions extends Expectation {
  /** @param total bytes of the whole file, undefined where nobody knows. */
  readonly onProgress?: (bytes: number, total: number | undefined, url: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * One attempt: asks for what is missing of a file and appends it as it comes.
 *
 * @throws Interruption when it broke off and may be tried again, DownloadError when it makes no sense
 *   to, the signal's reason when aborted.
 */
export async function transfer(
  url: string,
  part: PartFile,
  options: TransferOptions,
): Promise<void> {
  // Without a version or a hash nothing would tell when the two halves are of different files.
  if (part.size > 0 && part.version === null && !(options.sha256 ?? options.md5))
    await part.restart(null);
  const response = await request(url, part, options.signal);
  try {
    if (await isComplete(response, part)) return;
    checkStatus(response, url);
    await continueOrRestart(response, part);
    const total = totalSize(response);
    checkAnnounced(url, total, options);
    await receive(response, part, total, url, options);
  } finally {
    await response.body?.cancel().catch(() => {});
  }
}

/** Pages can't send If-Range to other sites without being asked; there the answer's version decides. */
async function request(url: string, part: PartFile, signal?: AbortSignal): Promise<Response> {
  const headers = new Headers();
  if (part.size > 0) {
    headers.set("range", `bytes=${part.size}-`);
    if (part.version && platform().name === "node") headers.set("if-range", part.version);
  }
  // A compressed transfer has other offsets than the file. Pages can't choose, and ranges are sent plain.
  if (platform().name === "node") headers.set("accept-encoding", "identity");
  try {
    return await fetch(url, { headers, signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new Interruption(`can't be fetched (${reason(cause)})`, { cause });
  }
}

/** An answer of 416 to a file that had come as a whole already, and only wasn't kept. */
async function isComplete(response: Response, part: PartFile): Promise<boolean> {
  if (response.status !== 416 || part.size === 0) return false;
  if (range(response)?.total === part.size) return true;
  await part.restart(null);
  throw new Interruption("the server has no such range of it any more");
}

function checkStatus(response: Response, url: string): void {
  const { status, statusText } = response;
  const said = `the server answered ${status} ${statusText}`.trim();
  if (status >= 500 || status === 429 || status === 408) throw new Interruption(said);
  if (!response.ok) throw new DownloadError(url, said, "Check the address or mirror", { status });
  if (url.startsWith("https:") && response.url.startsWith("http:")) {
    throw new DownloadError(
      url,
      "the server leads to an address without encryption",
      "Check the address or mirror",
    );
  }
}

/** Sees to it that what comes belongs behind what there is. */
async function continueOrRestart(response: Response, part: PartFile): Promise<void> {
  const version = versionOf(response);
  if (response.status !== 206) return part.restart(version);
  const from = range(response)?.start;
  const other = version !== null && part.version !== null && version !== part.version;
  if (!other && (from === undefined || from === part.size)) return;
  await part.restart(null);
  throw new Interruption(
    other ? "the file has changed on the server" : "the server sent another range than asked for",
  );
}

async function receive(
  response: Response,
  part: PartFile,
  total: number | undefined,
  url: string,
  options: TransferOptions,
): Promise<void> {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || !value) break;
      checkRoom(url, part.size + value.length, options);
      await part.append(value);
      options.onProgress?.(part.size, total ?? options.size, url);
      options.signal?.throwIfAborted();
    }
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (cause instanceof DownloadError) throw cause;
    throw new Interruption(`the download broke off (${reason(cause)})`, { cause });
  } finally {
    reader?.releaseLock();
  }
  const least = total ?? leastSize(options);
  if (part.size < least) {
    throw new Interruption(`the download broke off: ${part.size} of ${least} bytes came`);
  }
}

/** A strong ETag or the date of the last change. */
function versionOf({ headers }: Response): string | null {
  if (isEncoded(headers)) return null;
  const tag = headers.get("etag");
  return tag?.startsWith('"') ? tag : headers.get("last-modified");
}

function isEncoded(headers: Headers): boolean {
  const encoding = headers.get("content-encoding");
  return encoding !== null && encoding !== "identity";
}

function totalSize(response: Response): number | undefined {
  if (response.status === 206) return range(response)?.total;
  const announced = response.headers.get("content-length");
  if (announced === null || isEncoded(response.headers)) return undefined;
  const size = Number(announced);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

/** "bytes 100-199/1000", or "bytes *" + "/1000" where nothing was sent. */
function range({ headers }: Response): { start?: number; total?: number } | null {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (!found) return null;
  const number = (text: string | undefined) =>
    /^\d+$/.test(text ?? "") ? Number(text) : undefined;
  return { start: number(found[1]), total: number(found[2]) };
}

import { DownloadError } from "./errors.ts";
import type { FileCache, PartFile } from "./types.ts";

/** What is known about a file before it is downloaded. */
export interface Expectation {
  /** Bytes. */
  readonly size?: number;
  /** How much the real size may differ from `size`, where that was published rounded. Default 0. */
  readonly sizeTolerance?: number;
  /** SHA-256 in hexadecimal digits: all 64, or the first ones. */
  readonly sha256?: string;
  /** All 32 digits, where that is what is published. */
  readonly md5?: string;
  /** More bytes than this are refused, where `size` is unknown. Default 8 GiB. */
  readonly maxSize?: number;
}

const MAX_SIZE = 8 * 2 ** 30;

export function leastSize({ size = 0, sizeTolerance = 0 }: Expectation): number {
  return Math.max(0, size - sizeTolerance);
}

function mostSize({ size, sizeTolerance = 0, maxSize = MAX_SIZE }: Expectation): number {
  return size === undefined ? maxSize : size + sizeTolerance;
}

/** @throws DownloadError when the server announces a size that can't be right, before anything is transferred. */
export function checkAnnounced(url: string, total: number | undefined, known: Expectation): void {
  if (total === undefined) return;
  if (total >= leastSize(known) && total <= mostSize(known)) return;
  throw new DownloadError(
    url,
    `the server has a file of ${total} bytes, where ${expected(known)}`,
    "It is another file, or an error page: check the address or mirror",
  );
}

/** @throws DownloadError when more comes than there can be. */
export function checkRoom(url: string, size: number, known: Expectation): void {
  if (size <= mostSize(known)) return;
  throw new DownloadError(
    url,
    `more than ${mostSize(known)} bytes came, where ${expected(known)}`,
    "The download was stopped and deleted; check the address or mirror",
    { isWrong: true },
  );
}

/** @returns what is wrong with a file that has come as a whole, or null. */
export async function findFault(
  part: PartFile,
  cache: FileCache,
  known: Expectation,
  signal?: AbortSignal,
): Promise<string | null> {
  if (part.size < leastSize(known)) return `${part.size} bytes came, where ${expected(known)}`;
  const name = known.sha256 === undefined ? "md5" : "sha256";
  const wanted = known[name];
  if (wanted === undefined) return null;
  const hasher = cache.hasher(name);
  for await (const bytes of part.read()) {
    signal?.throwIfAborted();
    hasher.update(bytes);
  }
  const found = hasher.digest();
  if (found.startsWith(wanted.toLowerCase())) return null;
  const called = name === "md5" ? "MD5" : "SHA-256";
  return `its ${called} is ${found.slice(0, 16)}…, not ${wanted.slice(0, 16)}${wanted.length > 16 ? "…" : ""}`;
}

function expected(known: Expectation): string {
  if (known.size === undefined) return `at most ${mostSize(known)} are expected`;
  return `${known.sizeTolerance ? "about " : ""}${known.size} are expected`;
}

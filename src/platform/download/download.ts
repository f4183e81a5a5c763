import { checkOptions, pause } from "../../base/index.ts";
import { platform } from "../current.ts";
import { DownloadError, Interruption } from "./errors.ts";
import { findFault } from "./expectation.ts";
import { type TransferOptions, transfer } from "./transfer.ts";
import type { CachedFile, FileCache, PartFile } from "./types.ts";

export interface DownloadOptions extends TransferOptions {
  /** The file's name in the cache, with "/" between folders. */
  readonly key: string;
  /** Default: the platform's. */
  readonly cache?: FileCache;
  /** How often a transfer that breaks off is taken up again. Default 4. */
  readonly retries?: number;
  /** Milliseconds before the first retry; each later one waits twice as long. Default 1000. */
  readonly retryDelay?: number;
}

const KNOWN = [
  "key",
  "cache",
  "size",
  "sizeTolerance",
  "sha256",
  "md5",
  "maxSize",
  "onProgress",
  "signal",
  "retries",
  "retryDelay",
];

/**
 * A file of the cache, downloaded when it isn't there. What arrives goes straight to the cache, so a
 * large file is never in memory as a whole. A transfer that breaks off is taken up where it stopped,
 * now or by the next call; what turns out wrong is deleted. Only whole, checked files are found later.
 *
 * @throws DownloadError naming the address, what was wrong and what to do; the signal's reason when aborted.
 */
export async function download(url: string, options: DownloadOptions): Promise<CachedFile> {
  checkOptions("download", options, KNOWN);
  const { key, signal } = options;
  const cache = options.cache ?? (await platform().files());
  signal?.throwIfAborted();
  const found = await cache.find(key);
  if (found) return found;
  const part = await cache.open(key);
  try {
    await transferAll(url, part, options);
    const fault = await findFault(part, cache, options, signal);
    if (fault) throw wrongFile(url, fault);
  } catch (error) {
    await (error instanceof DownloadError && error.isWrong ? part.discard() : part.close());
    throw error;
  }
  return part.keep();
}

function wrongFile(url: string, fault: string): DownloadError {
  return new DownloadError(
    url,
    fault,
    "It is damaged or another file and was deleted: try again, or check the address or mirror",
    { isWrong: true },
  );
}

async function transferAll(url: string, part: PartFile, options: DownloadOptions): Promise<void> {
  const { retries = 4, retryDelay = 1000, signal } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await transfer(url, part, options);
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      if (attempt >= retries) throw givenUp(url, error, part);
    }
    await pause(retryDelay * 2 ** attempt, signal);
    signal?.throwIfAborted();
  }
}

function givenUp(url: string, error: Interruption, part: PartFile): DownloadError {
  const kept = part.size > 0 ? `; ${part.size} bytes are kept, and the next try goes on there` : "";
  return new DownloadError(url, `${error.message}${kept}`, "Check the connection", {
    cause: error.cause,
  });
}

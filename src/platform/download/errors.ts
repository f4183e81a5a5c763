/** A download that failed for good. The message names the address, what was wrong and what to do. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  readonly url: string;
  /** Whether what came can't be right: it must not be gone on with. */
  readonly isWrong: boolean;
  /** What the server answered, where that was the reason: 404, say. */
  readonly status: number | null;

  constructor(
    url: string,
    problem: string,
    advice: string,
    {
      isWrong = false,
      status = null,
      cause,
    }: { isWrong?: boolean; status?: number | null; cause?: unknown } = {},
  ) {
    super(`${shownUrl(url)}: ${problem}. ${advice}`, cause === undefined ? undefined : { cause });
    this.url = url;
    this.isWrong = isWrong;
    this.status = status;
  }
}

/** A transfer that broke off: another attempt may go on from there. */
export class Interruption extends Error {
  override readonly name = "Interruption";
}

/** Queries and user names may hold secrets, which don't belong in messages. */
function shownUrl(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/\/\/[^/@]*@/, "//");
}
